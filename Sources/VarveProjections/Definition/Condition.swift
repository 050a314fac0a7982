public import VarveEvents

/// Which events count: a tree of comparisons.
///
/// Two-valued: a comparison with a value that is absent is false, `!=` included; `not` turns true and false around. Numbers
/// compare by value whatever their type, text by its UTF-8 bytes; values of different kinds are unequal and have no order.
public indirect enum Condition: Hashable, Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    case compare(Field, Comparison, Value)
    case isIn(Field, [Value])
    case hasPrefix(Field, String)
    case exists(Field)

    /// The event's signal is one of `names`.
    public static func signal(_ names: String...) -> Condition {
        names.count == 1
            ? .compare(.signal, .equal, .string(names[0])) : .isIn(.signal, names.map { .string($0) })
    }

    /// Every field the tree looks at.
    var fields: [Field] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.fields)
        case .not(let part): part.fields
        case .compare(let field, _, _), .isIn(let field, _), .hasPrefix(let field, _), .exists(let field): [field]
        }
    }

    /// How deep the tree is; one for a single comparison.
    var depth: Int {
        switch self {
        case .all(let parts), .any(let parts): 1 + (parts.map(\.depth).max() ?? 0)
        case .not(let part): 1 + part.depth
        default: 1
        }
    }
}

/// How two values are compared.
public enum Comparison: UInt8, Hashable, Sendable, CaseIterable {
    case equal = 1
    case notEqual = 2
    case less = 3
    case lessOrEqual = 4
    case greater = 5
    case greaterOrEqual = 6

    /// As authors write it.
    public var symbol: String {
        switch self {
        case .equal: "="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}

/// The signals a view is fed from. Neither names nor prefixes means every signal.
public struct SignalFilter: Hashable, Sendable {
    public var names: [String]
    public var prefixes: [String]

    public init(_ names: String..., prefixes: [String] = []) {
        self.init(names: names, prefixes: prefixes)
    }

    public init(names: [String], prefixes: [String] = []) {
        self.names = names
        self.prefixes = prefixes
    }

    /// Whether events of `signal` are looked at.
    public func matches(_ signal: String) -> Bool {
        if names.isEmpty, prefixes.isEmpty { return true }
        return names.contains { $0.utf8.elementsEqual(signal.utf8) } || prefixes.contains { signal.utf8.starts(with: $0.utf8) }
    }
}
