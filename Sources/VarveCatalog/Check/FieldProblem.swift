public import VarveEvents

/// In which way a field is wrong.
public enum FieldProblem: Hashable, Sendable {
    case missing
    case wrongType(ValueType)
    /// The text, cut to its first 64 characters.
    case notAllowed(String)
}
