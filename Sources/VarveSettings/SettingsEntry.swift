/// One key of a mapping with its value.
public struct SettingsEntry: Sendable {
    public let key: String
    public let value: SettingsNode
    /// The position of the key.
    public let line: Int
    public let column: Int
}
