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
    /// A text has another in it, byte by byte.
    case contains(Field, String)
    /// A text is one of some words, whatever of its ASCII letters are capitals.
    case isWord(Field, [String])
    /// A text matches a pattern in which `*` stands for any characters.
    case glob(Field, String)

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
        case .compare(let field, _, _), .isIn(let field, _), .hasPrefix(let field, _), .exists(let field),
            .contains(let field, _), .isWord(let field, _), .glob(let field, _):
            [field]
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
