/// A field that is computed from another one if the record lacks it.
public enum DerivedField: Hashable, Sendable {
    /// The first word of a text, in capitals, if the field allows that value.
    case firstWord(of: String, into: String)
    /// The number of characters of a text.
    case length(of: String, into: String)
    /// A constant value.
    case constant(String, into: String)

    /// The field that is set.
    public var target: String {
        switch self {
        case .firstWord(_, let field), .length(_, let field), .constant(_, let field): field
        }
    }
}
