/// Why a text is not a valid condition.
public struct FieldConditionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text as typed.
    public let text: String
    public let reason: String

    init(_ text: String, _ reason: String) {
        self.text = text
        self.reason = reason
    }

    public var description: String {
        "'\(text)' is not a condition: \(reason). Write FIELD, one of = != > >= < <= ~, and a value, such as status>=500 or "
            + "component=\"Pay Button\""
    }
}
