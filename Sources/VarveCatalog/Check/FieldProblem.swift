public import VarveEvents

/// What is wrong with a field.
public enum FieldProblem: Hashable, Sendable {
    case missing
    case wrongType(ValueType)
    /// The text, truncated to 64 characters.
    case notAllowed(String)
}
