/// The type of a column. The raw values are part of the frame format and never change; zero is never valid.
public enum ValueType: UInt8, Sendable, CaseIterable {
    case int64 = 1
    case double = 2
    case bool = 3
    case string = 4
    /// JSON text: an object or array as received, without insignificant whitespace.
    case json = 5
}
