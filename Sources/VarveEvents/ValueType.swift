/// The type of a column. Raw values are part of the frame format and never change; zero is never valid.
public enum ValueType: UInt8, Sendable, CaseIterable {
    case int64 = 1
    case double = 2
    case bool = 3
    case string = 4
    /// JSON text: an object or array kept as it came, without insignificant white space.
    case json = 5
}
