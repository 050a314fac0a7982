public import VarveEvents

/// One problem of one event.
public struct FieldFlag: Hashable, Sendable, CustomStringConvertible {
    /// The event's row in its batch.
    public var row: Int
    public var signal: String
    public var field: FieldDescription
    public var problem: FieldProblem

    /// The path of the field in an event's JSON: `data.status`, `session_id`.
    public var path: String {
        guard field.envelopeKey != nil else { return "data." + field.name }
        return field.name == "session" || field.name == "user" ? field.name + "_id" : field.name
    }

    /// `retry.success: data.api_endpoint is missing`.
    public var description: String {
        switch problem {
        case .missing: "\(signal): \(path) is missing"
        case .wrongType(let found): "\(signal): \(path) is \(Self.name(found)), not \(field.type.rawValue)"
        case .notAllowed(let text): "\(signal): \(path) is '\(text)', not one of \(field.allowed.joined(separator: ", "))"
        }
    }

    private static func name(_ type: ValueType) -> String {
        switch type {
        case .int64: "an integer"
        case .double: "a fraction"
        case .bool: "a boolean"
        case .string: "text"
        case .json: "an object or array"
        }
    }
}
