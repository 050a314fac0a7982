/// A row as the flat object that `view show --json` prints: `time` where it has one, then its columns.
extension ViewRow: Encodable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Name.self)
        if let time { try values.encode(time, forKey: Name(stringValue: "time")) }
        for value in self.values { try values.encode(value.value, forKey: Name(stringValue: value.name)) }
    }
}

/// Numbers are numbers, null is null; a list of frequent values is a list of pairs.
extension ViewValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        if case .top(let entries) = self {
            var list = encoder.unkeyedContainer()
            for entry in entries {
                var pair = list.nestedUnkeyedContainer()
                try pair.encode(entry.value)
                try pair.encode(entry.count)
            }
            return
        }
        var value = encoder.singleValueContainer()
        switch self {
        case .bool(let flag): try value.encode(flag)
        case .int(let number): try value.encode(number)
        case .double(let number): try value.encode(number)
        case .decimal(let micros): try encode(micros, to: &value)
        case .string(let text): try value.encode(text)
        case .time(let time): try value.encode(time)
        case .null, .top: try value.encodeNil()
        }
    }

    /// A whole number stays exact where it fits 64 bits.
    private func encode(_ micros: Int128, to value: inout any SingleValueEncodingContainer) throws {
        if let int { try value.encode(int) } else { try value.encode(Double(micros) / 1e6) }
    }
}
