// Events as `Codable` values, in the shape of the NDJSON that `ingest` reads and `cat` prints: id, time, signal, tenant,
// component, session_id, user_id, observed, and the attributes under data.

internal import Foundation

extension Event: Codable {
    private enum Key: String, CodingKey {
        case id, time, observed, signal, tenant, component, session = "session_id", user = "user_id", data
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(
            time: try values.decode(Timestamp.self, forKey: .time), signal: try values.decode(String.self, forKey: .signal),
            id: try values.decodeIfPresent(String.self, forKey: .id),
            observed: try values.decodeIfPresent(Timestamp.self, forKey: .observed),
            tenant: try values.decodeIfPresent(String.self, forKey: .tenant),
            component: try values.decodeIfPresent(String.self, forKey: .component),
            session: try values.decodeIfPresent(String.self, forKey: .session),
            user: try values.decodeIfPresent(String.self, forKey: .user),
            attributes: try values.decodeIfPresent([String: Value].self, forKey: .data)?.map { Attribute($0.key, $0.value) }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } ?? [])
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encodeIfPresent(id, forKey: .id)
        try values.encode(time, forKey: .time)
        try values.encodeIfPresent(observed, forKey: .observed)
        try values.encode(signal, forKey: .signal)
        try values.encodeIfPresent(tenant, forKey: .tenant)
        try values.encodeIfPresent(component, forKey: .component)
        try values.encodeIfPresent(session, forKey: .session)
        try values.encodeIfPresent(user, forKey: .user)
        if attributes.isEmpty { return }
        try values.encode(
            Dictionary(attributes.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }), forKey: .data)
    }
}

/// As RFC 3339 text in UTC.
extension Timestamp: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let time = Timestamp(rfc3339: text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "'\(text)' is no RFC 3339 time"))
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(rfc3339)
    }
}

/// As the JSON value it is. An object or array is kept as text, without insignificant white space.
extension Value: Codable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let flag = try? value.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? value.decode(Int64.self) {
            self = .int64(number)
        } else if let number = try? value.decode(Double.self) {
            self = .double(number)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let bytes = try encoder.encode(try value.decode(JSONTree.self))
            self = .json(String(decoding: bytes, as: UTF8.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .bool(let flag): try value.encode(flag)
        case .int64(let number): try value.encode(number)
        case .double(let number): try value.encode(number)
        case .string(let text): try value.encode(text)
        case .json(let text): try value.encode(try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8)))
        }
    }
}

/// Any JSON.
private indirect enum JSONTree: Codable {
    case null
    case leaf(Value)
    case list([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: AnyKey.self) {
            var parts: [String: JSONTree] = [:]
            for key in object.allKeys { parts[key.stringValue] = try object.decode(JSONTree.self, forKey: key) }
            self = .object(parts)
        } else if var list = try? decoder.unkeyedContainer() {
            var parts: [JSONTree] = []
            while !list.isAtEnd { parts.append(try list.decode(JSONTree.self)) }
            self = .list(parts)
        } else {
            let value = try decoder.singleValueContainer()
            self = value.decodeNil() ? .null : .leaf(try value.decode(Value.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .leaf(let leaf): try value.encode(leaf)
        case .list(let parts): try value.encode(parts)
        case .object(let parts): try value.encode(parts)
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }
}
