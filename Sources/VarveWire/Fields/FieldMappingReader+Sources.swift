internal import VarveEvents
internal import VarveSettings

/// Sources and attributes.
extension FieldMappingReader {
    private static let sourceKeys = [
        "column", "path", "constant", "from", "map", "default", "unmapped", "first", "concat", "separator", "product", "before",
        "after", "of", "trim", "line", "lower", "file",
    ]
    private static let kinds = [
        "column", "path", "constant", "from", "first", "concat", "product", "before", "after", "trim", "line", "lower",
        "file",
    ]

    private enum Unmapped: String, CaseIterable {
        case keep, drop
    }

    /// A field's name; a list, of which the first present one counts; or a mapping with one of `kinds`.
    mutating func source(_ node: SettingsNode, names: Bool) throws(SettingsError) -> FieldSource {
        switch node.kind {
        case .scalar: return field(try node.string())
        case .sequence: return .first(try sources(node, names: names))
        default: return try source(try node.mapping(keys: Self.sourceKeys), node, names: names)
        }
    }

    private mutating func sources(_ node: SettingsNode, names: Bool) throws(SettingsError) -> [FieldSource] {
        var parts: [FieldSource] = []
        for item in try node.oneOrMore() { parts.append(try source(item, names: names)) }
        return parts
    }

    private mutating func source(
        _ map: SettingsMapping, _ node: SettingsNode, names: Bool
    ) throws(SettingsError) -> FieldSource {
        let given = Self.kinds.filter { map[$0] != nil }
        guard given.count == 1 else {
            if given.contains("constant") {
                throw node.error(.badValue, "\(node.name) is either a constant or taken from a column, not both")
            }
            throw node.error(.badValue, "\(node.name) has exactly one of \(Self.kinds.joined(separator: ", "))")
        }
        let value = try map.required(given[0])
        switch given[0] {
        case "column", "path": return field(try value.string())
        case "constant": return .constant(try text(value, names: names))
        case "from": return try mapped(map, value, names: names)
        case "first": return .first(try sources(value, names: names))
        case "concat": return .concat(try sources(value, names: false), separator: try map["separator"]?.string() ?? "")
        case "product": return .product(try sources(value, names: false))
        case "before": return .before(try source(try map.required("of"), names: names), try value.string())
        case "after": return .after(try source(try map.required("of"), names: names), try value.string())
        case "trim": return .trim(try source(value, names: names))
        case "line": return .line(try source(value, names: names))
        case "lower": return .lower(try source(value, names: names))
        default: return try file(value)
        }
    }

    private mutating func mapped(
        _ map: SettingsMapping, _ from: SettingsNode, names: Bool
    ) throws(SettingsError) -> FieldSource {
        var values: [String: String] = [:]
        for entry in try map["map"]?.entries() ?? [] { values[entry.key] = try text(entry.value, names: names) }
        var otherwise: String?
        if let node = map["default"] { otherwise = try text(node, names: names) }
        let keeps = try map["unmapped"]?.choice(Unmapped.self) == .keep
        return .map(try source(from, names: names), values: values, otherwise: otherwise, keeps: keeps)
    }

    func file(_ node: SettingsNode) throws(SettingsError) -> FieldSource {
        guard let pattern = PathPattern(try node.string()) else {
            throw node.error(.badValue, "\(node.name) is a pattern of a path with one {}, such as \"{}/*.csv\"")
        }
        return .path(pattern)
    }

    private func text(_ node: SettingsNode, names: Bool) throws(SettingsError) -> String {
        let text = try node.string()
        let fits = names ? EventLimits.isName(text) : text.utf8.count <= EventLimits.stringBytes
        guard fits else { throw node.error(.badValue, "\(node.name) is empty, too long or has control characters") }
        return text
    }

    mutating func readAttribute(_ entry: SettingsEntry) throws(SettingsError) {
        guard EventLimits.isName(entry.key) else {
            throw entry.value.error(
                .badValue, "an attribute's name has 1 to \(EventLimits.nameBytes) bytes and no control characters")
        }
        guard entry.value.kind == .mapping else {
            let source = try source(entry.value, names: false)
            rulesSoFar.attributes.append(FieldRules.AttributeRule(name: entry.key, source: source))
            return
        }
        let map = try entry.value.mapping(keys: Self.sourceKeys + ["type", "scale"])
        let type = try map["type"]?.choice(FieldRules.FieldType.self)
        var scale: Decimal?
        if let node = map["scale"] { scale = try self.scale(node, type) }
        let source = try source(map, entry.value, names: false)
        rulesSoFar.attributes.append(FieldRules.AttributeRule(name: entry.key, source: source, type: type, scale: scale))
    }

    private func scale(_ node: SettingsNode, _ type: FieldRules.FieldType?) throws(SettingsError) -> Decimal {
        _ = try node.double()
        var text = try node.string()
        guard let factor = text.withUTF8({ Decimal(UnsafeRawBufferPointer($0)) }), factor.mantissa != 0 else {
            throw node.error(.badValue, "\(node.name) must be a number of at most 17 digits and not zero")
        }
        guard type == .double || type == .int && factor.int64 != nil else {
            throw node.error(.badValue, "\(node.name): only a double can be scaled, or an int by a whole number")
        }
        return factor
    }
}
