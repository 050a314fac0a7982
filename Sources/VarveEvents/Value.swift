/// The type of a column. Raw values are part of the frame format and never change; zero is never valid.
public enum ValueType: UInt8, Sendable, CaseIterable {
    case int64 = 1
    case double = 2
    case bool = 3
    case string = 4
    /// JSON text: an object or array kept as it came, without insignificant white space.
    case json = 5
}

/// One attribute value. Null is the absence of the attribute.
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
