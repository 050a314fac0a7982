/// The kind of value that a field holds.
public enum FieldType: String, CaseIterable, Sendable {
    case text
    /// A whole number.
    case integer
    /// A number, whole or not.
    case number
    case boolean
    /// An object or array.
    case json

    /// The column types that may hold it.
    public var valueTypes: [ValueType] {
        switch self {
        case .text: [.string]
        case .integer: [.int64]
        case .number: [.int64, .double]
        case .boolean: [.bool]
        case .json: [.json]
        }
    }
}
