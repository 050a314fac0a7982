public import VarveEvents

/// A condition on events: a tree of comparisons.
///
/// Two-valued logic: a comparison with an absent value is false, also for `!=`; `not` inverts the result. Numbers compare by
/// value regardless of type, text by its UTF-8 bytes; values of different kinds are unequal and unordered.
public indirect enum Condition: Hashable, Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    case compare(Field, Comparison, Value)
    case isIn(Field, [Value])
    case hasPrefix(Field, String)
    case exists(Field)
    /// The text contains another one, compared by bytes.
    case contains(Field, String)
    /// The text equals one of the words, ignoring ASCII case.
    case isWord(Field, [String])
    /// The text matches a pattern in which `*` matches any characters.
    case glob(Field, String)

    /// The event's signal is one of `names`.
    public static func signal(_ names: String...) -> Condition {
        names.count == 1
            ? .compare(.signal, .equal, .string(names[0])) : .isIn(.signal, names.map { .string($0) })
    }

    /// All fields that occur in the tree.
    var fields: [Field] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.fields)
        case .not(let part): part.fields
        case .compare(let field, _, _), .isIn(let field, _), .hasPrefix(let field, _), .exists(let field),
            .contains(let field, _), .isWord(let field, _), .glob(let field, _):
            [field]
        }
    }

    /// The depth of the tree; one for a single comparison.
    var depth: Int {
        switch self {
        case .all(let parts), .any(let parts): 1 + (parts.map(\.depth).max() ?? 0)
        case .not(let part): 1 + part.depth
        default: 1
        }
    }
}
