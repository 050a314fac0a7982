// View files of sequential projections: `kind` distinguishes them from mergeable views.
//
//     kind: entities                                   kind: sessions
//     name: deployments                                name: visits
//     key: [service]                                   key: [session]
//     rules:                                           gap_seconds: 1800
//       - {opens: deploy.started}                      signals: ["page.*"]
//       - {closes: deploy.done, where: C,              attributes: {user: {last: user}}
//          status: {field: result, default: ok}}
//     attributes: {version: {last: version}}

public import VarveSettings

extension AnyView {
    /// Reads a view file of any kind. `file` is for error messages, `zones` returns the rules of a named time zone.
    public init(
        yaml text: String, file: String, zones: (String) -> ZoneRules? = { _ in nil }
    ) throws(SettingsError) {
        let node = try SettingsNode.parse(text, file: file)
        let kind = try node.entries().first { $0.key == "kind" }?.value
        switch try kind?.string() {
        case nil: self = .mergeable(try ViewDefinition(node, zones: zones))
        case "entities": self = .sequential(try EntityDefinition(node))
        case "sessions": self = .sequential(try SessionDefinition(node))
        case let other?:
            throw (kind ?? node).error(.badValue, "kind must be one of entities, sessions, not \"\(other.prefix(40))\"")
        }
    }
}

extension EntityDefinition {
    init(_ node: SettingsNode) throws(SettingsError) {
        let map = try node.mapping(keys: [
            "kind", "name", "version", "key", "rules", "attributes", "order", "transitions", "entries", "keep_days",
            "keep_from",
        ])
        var rules: [EntityRule] = []
        let list = try map.required("rules")
        for item in try list.items() { rules.append(try EntityRule(item)) }
        guard (1...32).contains(rules.count) else { throw list.error(.badValue, "entities need 1 to 32 rules") }
        var order: [String] = []
        for word in try map["order"]?.oneOrMore() ?? [] { order.append(try word.string()) }
        self.init(
            try map.required("name").columnName(), version: try map["version"]?.int(in: 1...1_000_000) ?? 1,
            key: try keyNames(map), rules: rules, attributes: try keptAttributes(map), order: order,
            transitionsKept: try map["transitions"]?.int(in: 1...1_000) ?? 32, limits: try SequentialLimits(map))
        try checkColumns(tables, node)
    }
}

extension SessionDefinition {
    init(_ node: SettingsNode) throws(SettingsError) {
        let map = try node.mapping(keys: [
            "kind", "name", "version", "key", "signals", "gap_seconds", "attributes", "entries", "keep_days",
        ])
        let signals = try map["signals"].map { node throws(SettingsError) in try SignalFilter(node) } ?? SignalFilter()
        self.init(
            try map.required("name").columnName(), version: try map["version"]?.int(in: 1...1_000_000) ?? 1, signals: signals,
            key: try keyNames(map), gapSeconds: Int64(try map["gap_seconds"]?.int(in: 1...2_592_000) ?? 1_800),
            attributes: try keptAttributes(map), limits: try SequentialLimits(map))
        try checkColumns(tables, node)
    }
}

extension EntityRule {
    /// `{opens: SIGNALS}`, `{updates: …}`, `{closes: …}` with `where` and `status`: a constant, `{field: F, default: NAME}`, or
    /// `{value: F, default: NAME}` for values that are not words.
    init(_ node: SettingsNode) throws(SettingsError) {
        let kinds: [(name: String, effect: Effect)] = [("opens", .opens), ("updates", .updates), ("closes", .closes)]
        let map = try node.mapping(keys: kinds.map(\.name) + ["where", "status"])
        let found = kinds.filter { map[$0.name] != nil }
        guard found.count == 1, let kind = found.first else {
            throw node.error(.badValue, "a rule needs exactly one of opens, updates, closes")
        }
        var status: EntityStatus =
            switch kind.effect {
            case .opens: .named("open")
            case .updates: .kept
            case .closes: .named("closed")
            }
        if let given = map["status"] {
            if given.kind == .scalar {
                status = .named(try given.string())
            } else {
                let parts = try given.mapping(keys: ["field", "value", "default"])
                guard (parts["field"] == nil) != (parts["value"] == nil) else {
                    throw given.error(.badValue, "a status is either a field (a word) or a value (unchanged)")
                }
                let usual = try parts["default"]?.string() ?? "open"
                if let value = parts["value"] {
                    status = .value(try value.string(), default: usual)
                } else {
                    status = .field(try parts.required("field").string(), default: usual)
                }
            }
        }
        self.init(
            kind.effect, try SignalFilter(map.required(kind.name)),
            when: try map["where"].map { node throws(SettingsError) in try Condition(node) }, status: status)
    }
}

extension SequentialLimits {
    init(_ map: SettingsMapping) throws(SettingsError) {
        self.init()
        if let entries = map["entries"] { self.entries = try entries.int(in: 1...5_000_000) }
        if let days = map["keep_days"] { keepsFinished = Int64(try days.int(in: 1...36_500)) * 86_400_000_000_000 }
        guard let from = map["keep_from"] else { return }
        switch try from.string() {
        case "last_event": countsFromBeginning = false
        case "opened": countsFromBeginning = true
        case let other: throw from.error(.badValue, "keep_from must be last_event or opened, not \"\(other.prefix(40))\"")
        }
    }
}

private func keyNames(_ map: SettingsMapping) throws(SettingsError) -> [String] {
    let node = try map.required("key")
    var names: [String] = []
    for item in try node.oneOrMore() { names.append(try item.string()) }
    guard (1...8).contains(names.count) else { throw node.error(.badValue, "a key has 1 to 8 fields") }
    return names
}

/// `NAME: {first | last | least | greatest | sum: FIELD}`.
private func keptAttributes(_ map: SettingsMapping) throws(SettingsError) -> [EntityAttribute] {
    let choices: [(name: String, choice: EntityAttribute.Choice)] = [
        ("first", .first), ("last", .last), ("least", .least), ("greatest", .greatest), ("sum", .sum),
    ]
    var attributes: [EntityAttribute] = []
    for entry in try map["attributes"]?.entries() ?? [] {
        try entry.value.checkColumnName(entry.key)
        let parts = try entry.value.mapping(keys: choices.map(\.name))
        let found = choices.filter { parts[$0.name] != nil }
        guard found.count == 1, let kind = found.first else {
            throw entry.value.error(.badValue, "an attribute needs exactly one of \(choices.map(\.name).joined(separator: ", "))")
        }
        attributes.append(EntityAttribute(kind.choice, try parts.required(kind.name).string(), as: entry.key))
    }
    return attributes
}

private func checkColumns(_ tables: [SequentialTable], _ node: SettingsNode) throws(SettingsError) {
    for table in tables {
        var seen: Set<String> = []
        for name in table.columns where !seen.insert(name).inserted {
            throw node.error(.badValue, "two columns of table \(table.name) would be called \"\(name)\"")
        }
    }
}
