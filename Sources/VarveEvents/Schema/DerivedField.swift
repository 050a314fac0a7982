/// A field that is computed from another where the record lacks it.
public enum DerivedField: Hashable, Sendable {
    /// The first word of a text in capitals, if the field allows it.
    case firstWord(of: String, into: String)
    /// The characters of a text.
    case length(of: String, into: String)
    /// Always this.
    case constant(String, into: String)

    /// The field that it fills.
    public var target: String {
        switch self {
        case .firstWord(_, let field), .length(_, let field), .constant(_, let field): field
        }
    }
}
