/// Why a text is no condition.
public struct FieldConditionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was typed.
    public let text: String
    public let reason: String

    init(_ text: String, _ reason: String) {
        self.text = text
        self.reason = reason
    }

    public var description: String {
        "'\(text)' is no condition: \(reason). Write FIELD, one of = != > >= < <= ~, and a value, such as status>=500 or "
            + "component=\"Pay Button\""
    }
}
