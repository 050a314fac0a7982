// Conditions of a view file:
//
//     {field: status, ">=": 500}     {field: method, in: [GET, HEAD]}     {field: path, prefix: /api/}     {exists: user}
//     {field: message, contains: timeout}     {field: status, word: [resolved, closed]}
//     {field: signal, glob: "*.done"}
//     {all: [C, C]}     {any: [C, C]}     {not: C}

internal import VarveEvents
internal import VarveSettings

private let depthMax = 16
private let operators = Comparison.allCases.map(\.symbol) + ["in", "prefix", "contains", "word", "glob"]

extension Condition {
    init(_ node: SettingsNode) throws(SettingsError) {
        self = try Self.read(node, depth: 1)
    }

    private static func read(_ node: SettingsNode, depth: Int) throws(SettingsError) -> Condition {
        guard depth <= depthMax else { throw node.error(.tooLarge, "conditions may be nested \(depthMax) deep") }
        let map = try node.mapping(keys: ["all", "any", "not", "exists", "field"] + operators)
        let kinds = ["all", "any", "not", "exists", "field"].filter { map[$0] != nil }
        guard kinds.count == 1, let kind = kinds.first else {
            throw node.error(.badValue, "a condition needs exactly one of all, any, not, exists, field")
        }
        let argument = try map.required(kind)
        let used = operators.filter { map[$0] != nil }
        if kind != "field", let stray = used.first.flatMap({ map[$0] }) {
            throw stray.error(.badValue, "a comparison needs \"field\" beside it, not \"\(kind)\"")
        }
        switch kind {
        case "all": return .all(try parts(argument, depth))
        case "any": return .any(try parts(argument, depth))
        case "not": return .not(try read(argument, depth: depth + 1))
        case "exists": return .exists(Field(try argument.string()))
        default:
            guard used.count == 1, let name = used.first else {
                throw node.error(.badValue, "\"field\" needs exactly one of \(operators.joined(separator: " ")) beside it")
            }
            return try comparison(Field(try argument.string()), name, try map.required(name))
        }
    }

    private static func parts(_ node: SettingsNode, _ depth: Int) throws(SettingsError) -> [Condition] {
        let items = try node.items()
        if items.isEmpty { throw node.error(.badValue, "\(node.name) must not be an empty list") }
        var parts: [Condition] = []
        for item in items { parts.append(try read(item, depth: depth + 1)) }
        return parts
    }

    private static func comparison(_ field: Field, _ name: String, _ node: SettingsNode) throws(SettingsError) -> Condition {
        switch name {
        case "prefix": return .hasPrefix(field, try node.string())
        case "contains": return .contains(field, try node.string())
        case "word":
            var words: [String] = []
            for item in try node.oneOrMore() { words.append(try item.string()) }
            return .isWord(field, words)
        case "glob": return .glob(field, try node.string())
        case "in":
            var values: [Value] = []
            for item in try node.oneOrMore() { values.append(try value(item)) }
            return .isIn(field, values)
        default:
            guard let comparison = Comparison.allCases.first(where: { $0.symbol == name }) else {
                throw node.error(.badValue, "\(name) is not a comparison operator")
            }
            return .compare(field, comparison, try value(node))
        }
    }

    /// An unquoted number or boolean is one; everything else is text.
    private static func value(_ node: SettingsNode) throws(SettingsError) -> Value {
        if let number = try? node.int() { return .int64(Int64(number)) }
        if let number = try? node.double() { return .double(number) }
        if let flag = try? node.bool() { return .bool(flag) }
        return .string(try node.string())
    }
}
