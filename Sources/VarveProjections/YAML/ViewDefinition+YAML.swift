// Reads a view file strictly (docs/views.md): unknown keys and invalid values are errors with line and column.
//
//     name: slow_checkout
//     version: 1
//     signals: [checkout.done, "retry.*"]
//     where: {field: duration_ms, ">": 100}
//     buckets: [hour, day]
//     dimensions: [component, {field: status, name: class, transform: status_class}]
//     measures: {events: count, p95_ms…: …}
//     derived: {share: {ratio: slow, over: events}}
//     budget: 500

public import VarveSettings

/// Limits of a view file, to bound the cost of a definition.
private enum ViewLimits {
    static let dimensions = 8
    static let measures = 32
    static let budget = 1...100_000
    static let nameBytes = 64
}

extension ViewDefinition {
    /// Reads one view from YAML. `file` is for error messages, `zones` returns the rules of a named time zone.
    public init(
        yaml text: String, file: String, zones: (String) -> ZoneRules? = { _ in nil }
    ) throws(SettingsError) {
        try self.init(SettingsNode.parse(text, file: file), zones: zones)
    }

    /// Reads one view from a parsed document.
    public init(_ node: SettingsNode, zones: (String) -> ZoneRules? = { _ in nil }) throws(SettingsError) {
        let map = try node.mapping(keys: [
            "name", "version", "continues", "signals", "where", "buckets", "zone", "dimensions", "measures", "derived",
            "budget",
        ])
        self.init(name: try map.required("name").columnName(), measures: [])
        version = try map["version"]?.int(in: 1...1_000_000) ?? 1
        continues = try map["continues"]?.int(in: 1...1_000_000)
        if let signals = map["signals"] { self.signals = try SignalFilter(signals) }
        filter = try map["where"].map { node throws(SettingsError) in try Condition(node) }
        if let buckets = map["buckets"] { levels = try Self.levels(buckets) }
        if let zone = map["zone"] { try read(zone, zones) }
        if let list = map["dimensions"] {
            for item in try list.items() { dimensions.append(try Dimension(item)) }
            if dimensions.count > ViewLimits.dimensions {
                throw list.error(.badValue, "a view may have \(ViewLimits.dimensions) dimensions, not \(dimensions.count)")
            }
        }
        let measures = try map.required("measures")
        for entry in try measures.entries() { self.measures.append(try Measure(entry)) }
        guard (1...ViewLimits.measures).contains(self.measures.count) else {
            throw measures.error(.badValue, "a view needs 1 to \(ViewLimits.measures) measures, not \(self.measures.count)")
        }
        for entry in try map["derived"]?.entries() ?? [] { derived.append(try DerivedColumn(entry, of: self)) }
        budget = try map["budget"]?.int(in: ViewLimits.budget) ?? Self.defaultBudget
        try checkNames(node)
    }

    private mutating func read(_ node: SettingsNode, _ zones: (String) -> ZoneRules?) throws(SettingsError) {
        let name = try node.string()
        if name == "UTC" { return }
        guard let rules = zones(name) else {
            throw node.error(
                .badValue, "there is no time zone \"\(name.prefix(64))\"; zones are called like Europe/Berlin, or UTC")
        }
        zone = .named(rules)
    }

    private static func levels(_ node: SettingsNode) throws(SettingsError) -> Set<BucketLevel> {
        var levels: Set<BucketLevel> = []
        for item in try node.oneOrMore() {
            let name = try item.string()
            guard let level = BucketLevel(named: name) else {
                throw item.error(.badValue, "a bucket must be one of minute, hour, day, all, not \"\(name.prefix(40))\"")
            }
            levels.insert(level)
        }
        return levels
    }

    /// Checks that all column names of the answer are distinct.
    private func checkNames(_ node: SettingsNode) throws(SettingsError) {
        var seen: Set<String> = ["time"]
        for name in dimensions.map(\.name) + columnNames where !seen.insert(name).inserted {
            throw node.error(.badValue, "two columns of view \(self.name) would be called \"\(name)\"")
        }
    }
}

extension SignalFilter {
    /// A name or a list of names; a `*` at the end makes it a prefix.
    init(_ node: SettingsNode) throws(SettingsError) {
        self.init(names: [])
        for item in try node.oneOrMore() {
            let name = try item.string()
            let stem = name.hasSuffix("*") ? String(name.dropLast()) : name
            guard !stem.isEmpty, !stem.contains("*") else {
                throw item.error(.badValue, "a signal is a name, or a prefix with one * at its end, not \"\(name.prefix(40))\"")
            }
            if stem == name { names.append(name) } else { prefixes.append(stem) }
        }
    }
}

extension Dimension {
    /// A field, `{time: hour_of_week | hour_of_day}`, or `{field:, name:, transform: lower | status_class}`,
    /// `{field:, prefix: N}`, `{field:, ranges: […]}`.
    init(_ node: SettingsNode) throws(SettingsError) {
        if node.kind == .scalar {
            self.init(try node.string())
            return
        }
        let map = try node.mapping(keys: ["field", "time", "name", "transform", "prefix", "ranges"])
        if let time = map["time"] {
            let made: Dimension
            switch try time.string() {
            case "hour_of_week": made = .hourOfWeek()
            case "hour_of_day": made = .hourOfDay()
            default: throw time.error(.badValue, "time must be hour_of_week or hour_of_day")
            }
            if let stray = ["field", "transform", "prefix", "ranges"].compactMap({ map[$0] }).first {
                throw stray.error(.badValue, "a time dimension only has a name")
            }
            self = made
            if let name = map["name"] { self.name = try name.columnName() }
            return
        }
        self.init(try map.required("field").string())
        if let name = map["name"] { self.name = try name.columnName() }
        let transforms = ["transform", "prefix", "ranges"].filter { map[$0] != nil }
        guard transforms.count <= 1 else {
            throw node.error(.badValue, "a dimension has at most one of \(transforms.joined(separator: ", "))")
        }
        if let transform = map["transform"] {
            switch try transform.string() {
            case "lower": self.transform = .lower
            case "status_class": self.transform = .statusClass
            case let other:
                throw transform.error(.badValue, "transform must be one of lower, status_class, not \"\(other.prefix(40))\"")
            }
        }
        if let prefix = map["prefix"] { transform = .prefix(try prefix.int(in: 1...1_024)) }
        if let ranges = map["ranges"] { transform = .ranges(try Self.ranges(ranges)) }
    }

    private static func ranges(_ node: SettingsNode) throws(SettingsError) -> [ValueRange] {
        var ranges: [ValueRange] = []
        for item in try node.oneOrMore() {
            let map = try item.mapping(keys: ["name", "below"])
            let range = ValueRange(try map.required("name").string(), below: try map["below"]?.double())
            if let last = ranges.last {
                guard let previous = last.below, previous < range.below ?? .infinity else {
                    throw item.error(.badValue, "ranges must ascend, and only the last may lack \"below\"")
                }
            }
            ranges.append(range)
        }
        return ranges
    }
}

extension SettingsNode {
    /// A name usable in a command and in SQL: lower-case letters, digits and `_`, starting with a letter.
    func columnName() throws(SettingsError) -> String {
        let name = try string()
        try checkColumnName(name)
        return name
    }

    func checkColumnName(_ name: String) throws(SettingsError) {
        let isPlain = name.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 }
        guard isPlain, let first = name.utf8.first, first >= 97, name.utf8.count <= ViewLimits.nameBytes else {
            throw error(
                .badValue,
                "\"\(name.prefix(40))\" is not a valid name: a to z, 0 to 9 and _, starting with a letter, "
                    + "at most \(ViewLimits.nameBytes) characters")
        }
    }
}
