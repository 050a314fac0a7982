internal import VarveEvents
internal import VarveSettings

/// Parses the keys of a mapping.
struct FieldMappingReader {
    static let keys = [
        "time", "zone", "decimal", "id", "signal", "tenant", "component", "session", "user", "attributes", "rest", "drop",
        "optional",
    ]
    private let map: SettingsMapping
    /// The top-level keys, for a mapping in `files`.
    private let outer: SettingsMapping?
    var rulesSoFar = FieldRules()
    private var numbers: [String: Int] = [:]
    private static let fieldsMax = 4_096

    init(_ map: SettingsMapping, _ outer: SettingsMapping?) {
        self.map = map
        self.outer = outer
    }

    private subscript(key: String) -> SettingsNode? { map[key] ?? outer?[key] }

    func rules() throws(SettingsError) -> FieldRules {
        var reader = self
        if let node = self["decimal"] {
            let text = try node.string()
            guard ["comma", ",", "point", "."].contains(text) else {
                throw node.error(.badValue, "\(node.name) is comma or point, not \"\(text.prefix(40))\"")
            }
            reader.rulesSoFar.point = text == "comma" || text == "," ? 0x2C : 0x2E
        }
        var zone: TimeZoneRule?
        if let node = self["zone"] { zone = try Self.zone(node) }
        if let node = self["time"] { try reader.readTimes(node, zone) }
        if let node = self["id"] { try reader.readID(node) }
        reader.rulesSoFar.signal = try reader.optionalSource("signal", names: true)
        reader.rulesSoFar.tenant = try reader.optionalSource("tenant", names: true)
        reader.rulesSoFar.component = try reader.optionalSource("component", names: false)
        reader.rulesSoFar.session = try reader.optionalSource("session", names: false)
        reader.rulesSoFar.user = try reader.optionalSource("user", names: false)
        for entry in try self["attributes"]?.entries() ?? [] { try reader.readAttribute(entry) }
        if let node = self["rest"] { reader.rulesSoFar.rest = try node.choice(FieldRules.RestRule.self) }
        for node in try self["drop"]?.oneOrMore() ?? [] { reader.rulesSoFar.dropped.insert(try node.string()) }
        try reader.readOptional(self["optional"])
        guard reader.rulesSoFar.attributes.count <= WireLimits.attributesPerEvent,
            reader.rulesSoFar.fields.count <= Self.fieldsMax
        else { throw map.node.error(.tooLarge, "more than \(WireLimits.attributesPerEvent) attributes") }
        return reader.rulesSoFar
    }

    private mutating func readOptional(_ node: SettingsNode?) throws(SettingsError) {
        guard let node else { return }
        if node.kind == .scalar, try node.string() == "true" {
            rulesSoFar.areAllOptional = true
            return
        }
        for item in try node.oneOrMore() { rulesSoFar.optional.insert(try item.string()) }
    }

    mutating func field(_ name: String) -> FieldSource {
        if let number = numbers[name] { return .field(number) }
        numbers[name] = rulesSoFar.fields.count
        rulesSoFar.fields.append(name)
        return .field(rulesSoFar.fields.count - 1)
    }

    static func zone(_ node: SettingsNode) throws(SettingsError) -> TimeZoneRule {
        guard let zone = TimeZoneRule(try node.string()) else {
            throw node.error(.badValue, "\(node.name) is a zone such as UTC, +02:00 or Europe/Berlin")
        }
        return zone
    }

    /// One rule for the time, or a list, of which the first that yields a time counts.
    private mutating func readTimes(_ node: SettingsNode, _ zone: TimeZoneRule?) throws(SettingsError) {
        guard node.kind == .sequence else { return try readTime(node, zone) }
        for item in try node.oneOrMore() { try readTime(item, zone) }
    }

    private mutating func readTime(_ node: SettingsNode, _ outer: TimeZoneRule?) throws(SettingsError) {
        let time = try node.mapping(keys: ["column", "path", "columns", "separator", "file", "unit", "format", "zone"])
        var zone = outer
        if let node = time["zone"] { zone = try Self.zone(node) }
        let notation: FieldRules.TimeRule.Notation
        if let format = time["format"] {
            guard time["unit"] == nil else { throw node.error(.badValue, "\(node.name) has either a unit or a format, not both") }
            var patterns: [TimePattern] = []
            for item in try format.oneOrMore() {
                do throws(TimePattern.Fault) {
                    patterns.append(try TimePattern(try item.stringValue()))
                } catch {
                    throw item.error(.badValue, "\(item.name): \(error.message)")
                }
            }
            notation = .patterns(patterns)
        } else {
            notation = .format(try time.required("unit").choice(TimeFormat.self))
        }
        let source: FieldSource
        if let columns = time["columns"] {
            var parts: [FieldSource] = []
            for item in try columns.oneOrMore() { parts.append(field(try item.string())) }
            source = .concat(parts, separator: try time["separator"]?.string() ?? " ")
        } else if let file = time["file"] {
            source = try self.file(file)
        } else {
            let name = if let path = time["path"] { path } else { try time.required("column") }
            source = field(try name.string())
        }
        rulesSoFar.times.append(FieldRules.TimeRule(source: source, notation: notation, zone: zone))
    }

    /// A source, a list whose texts are joined by `/`, or `{columns, nullable}`.
    private mutating func readID(_ node: SettingsNode) throws(SettingsError) {
        if node.kind == .mapping, let map = try? node.mapping(keys: ["columns", "nullable"]) {
            for item in try map.required("columns").oneOrMore() { rulesSoFar.id.append(try source(item, names: false)) }
            rulesSoFar.isIDNullable = try map["nullable"]?.bool() ?? false
        } else if node.kind == .mapping {
            rulesSoFar.id = [try source(node, names: false)]
        } else {
            for item in try node.oneOrMore() { rulesSoFar.id.append(try source(item, names: false)) }
        }
    }

    private mutating func optionalSource(_ key: String, names: Bool) throws(SettingsError) -> FieldSource? {
        guard let node = self[key] else { return nil }
        return try source(node, names: names)
    }
}

extension SettingsNode {
    /// The text, in a context that throws another error type.
    fileprivate func stringValue() throws(TimePattern.Fault) -> String {
        do {
            return try string()
        } catch {
            throw TimePattern.Fault(message: error.message)
        }
    }
}
