internal import VarveEvents

/// A proposed mapping, derived from the first lines of a table: undeclared tables are not read, but a mapping can be proposed.
public struct MappingDraft: Hashable, Sendable {
    /// The mapping, with comments where it should be reviewed.
    public let yaml: String

    private static let linesMax = 40
    private static let columnsMax = 200

    /// The apparent type of a column's values.
    private enum Kind: Equatable {
        case empty
        case text
        case integer
        case fraction
        case commaFraction
        case time(String, hasZone: Bool, remark: String?)
    }

    /// Derived from the first bytes of a table with a header, whose rows get the signal `signal`. Nil if they are not a table.
    public init?(_ bytes: some Sequence<UInt8>, signal: String) {
        let text = String(decoding: Array(bytes), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).prefix(Self.linesMax + 1)
        guard let header = lines.first, lines.count > 1 else { return nil }
        let separators: [(sign: Character, name: String?)] = [(",", nil), (";", "semicolon"), ("\t", "tab"), ("|", "pipe")]
        let counts = separators.map { separator in header.count { $0 == separator.sign } }
        guard let most = counts.max(), most > 0, let index = counts.firstIndex(of: most) else { return nil }
        let separator = separators[index]
        let names = Self.fields(header, separator.sign).prefix(Self.columnsMax)
        // The last line may be truncated.
        let rows = lines.dropFirst().dropLast(lines.count > 2 ? 1 : 0).map { Self.fields($0, separator.sign) }
        let kinds = names.indices.map { column in
            Self.kind(rows.compactMap { column < $0.count ? $0[column] : nil }, isTable: separator.sign != ",")
        }
        var yaml = ""
        let time = kinds.firstIndex { if case .time = $0 { true } else { false } }
        if let time, case .time(let form, let hasZone, let remark) = kinds[time] {
            yaml += "time: {column: \(Self.quoted(names[time])), \(form)}" + (remark.map { "   # \($0)" } ?? "") + "\n"
            if !hasZone { yaml += "zone: UTC   # the zone of these times: Europe/Berlin, +02:00 …\n" }
        } else {
            yaml += "time: {column: \(Self.quoted(names[0])), format: \"%Y-%m-%d %H:%M:%S\"}   # no column looks like a time\n"
        }
        yaml += "signal: {constant: \(Self.quoted(signal))}   # what a row is\n"
        if let name = separator.name { yaml += "delimiter: \(name)\n" }
        if kinds.contains(.commaFraction) { yaml += "decimal: comma   # 12,5 is twelve and a half\n" }
        yaml += "attributes:\n"
        for (column, name) in names.enumerated() where column != time && !name.isEmpty {
            let type: String? =
                switch kinds[column] {
                case .integer: "int"
                case .fraction, .commaFraction: "double"
                case .empty, .text, .time: nil
                }
            let source = Self.quoted(name)
            yaml += "  \(source): " + (type.map { "{column: \(source), type: \($0)}" } ?? source) + "\n"
        }
        self.yaml = yaml
    }

    private static func fields(_ line: Substring, _ separator: Character) -> [String] {
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                fields.append(field)
                field = ""
            } else {
                field.append(character)
            }
        }
        return (fields + [field]).map { field in
            var trimmed = field[...]
            while trimmed.first?.isWhitespace ?? false { trimmed.removeFirst() }
            while trimmed.last?.isWhitespace ?? false { trimmed.removeLast() }
            return trimmed.first == "\u{FEFF}" ? String(trimmed.dropFirst()) : String(trimmed)
        }
    }

    private static func kind(_ values: [String], isTable: Bool) -> Kind {
        let values = values.filter { !$0.isEmpty }
        guard let first = values.first else { return .empty }
        let shapes = Set(values.map(shape))
        if let time = time(first, shapes, values) { return time }
        if shapes.isSubset(of: ["9"]) { return .integer }
        if shapes.isSubset(of: ["9", "9.9"]) { return .fraction }
        if isTable, shapes.isSubset(of: ["9", "9,9"]) { return .commaFraction }
        return .text
    }

    /// Replaces each run of digits by one `9` and drops the sign: `-12.50` is `9.9`.
    private static func shape(_ value: String) -> String {
        var shape = ""
        for character in value.hasPrefix("-") ? value.dropFirst() : value[...] {
            let isDigit = character.isASCII && character.isNumber
            if !isDigit { shape.append(character) } else if shape.last != "9" { shape.append("9") }
        }
        return shape
    }

    private static func time(_ first: String, _ shapes: Set<String>, _ values: [String]) -> Kind? {
        var text = first
        let iso = text.withUTF8 { ISOTime.read(UnsafeRawBufferPointer($0), zone: nil) }
        if first.contains("-"), first.count >= 10 {
            switch iso {
            case .moment: return .time("unit: rfc3339", hasZone: true, remark: nil)
            case .noZone: return .time("unit: rfc3339", hasZone: false, remark: nil)
            case .notATime: break
            }
        }
        if shapes == ["9"], let unit = ["s": 10, "ms": 13, "us": 16, "ns": 19].first(where: { $0.value == first.count })?.key,
            values.allSatisfy({ $0.count == first.count })
        {
            return .time("unit: \(unit)", hasZone: true, remark: nil)
        }
        let clocks = ["": "", " 9:9": " %H:%M", " 9:9:9": " %H:%M:%S"]
        for sign in [".", "/", "-"] {
            guard shapes.count == 1, let shape = shapes.first, shape.hasPrefix("9\(sign)9\(sign)9"),
                let clock = clocks[String(shape.dropFirst(5))]
            else { continue }
            let parts = values.map { $0.split(whereSeparator: { !$0.isNumber }).prefix(3).compactMap { Int($0) } }
            guard parts.allSatisfy({ $0.count == 3 && $0[2] > 99 }) else { continue }
            let isMonthFirst = parts.contains { $0[1] > 12 }
            let isDayFirst = sign == "." || parts.contains { $0[0] > 12 }
            let order = isMonthFirst ? ["%m", "%d", "%Y"] : ["%d", "%m", "%Y"]
            let other = (isMonthFirst ? ["%d", "%m", "%Y"] : ["%m", "%d", "%Y"]).joined(separator: sign)
            return .time(
                "format: \"\(order.joined(separator: sign))\(clock)\"", hasZone: false,
                remark: isMonthFirst || isDayFirst ? nil : "or \(other): these rows fit both")
        }
        return nil
    }

    /// As YAML: unquoted if it is plain, otherwise quoted.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F || $0 == 0x2E }
        let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        if isPlain, text.utf8.first.map({ ($0 | 0x20) &- 0x61 < 26 }) ?? false, !words.contains(text.lowercased()) { return text }
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
