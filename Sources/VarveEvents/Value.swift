/// An attribute value. A null value is represented by the absence of the attribute.
public enum Value: Hashable, Sendable {
    case int64(Int64)
    case double(Double)
    case bool(Bool)
    case string(String)
    case json(String)

    public var type: ValueType {
        switch self {
        case .int64: .int64
        case .double: .double
        case .bool: .bool
        case .string: .string
        case .json: .json
        }
    }
}
