/// What an expression evaluates to.
public enum ValueKind: String, Sendable {
    case scalar, vector, matrix, string

    /// As error sentences name it.
    var documented: String {
        switch self {
        case .vector: "instant vector"
        case .matrix: "range vector"
        case .scalar, .string: rawValue
        }
    }
}
