public import VarveEvents

/// What becomes of an event whose fields are not as the catalog says. A signal that the catalog does not know has no fields to be
/// wrong, and is kept under either policy.
public enum CheckPolicy: String, CaseIterable, Sendable {
    /// Keep it and flag it. The default.
    case lenient
    /// Refuse it, with the path of the field.
    case strict
}

/// One thing that is wrong with one event.
public struct FieldFlag: Hashable, Sendable, CustomStringConvertible {
    /// The event's row in its batch.
    public var row: Int
    public var signal: String
    public var field: FieldDescription
    public var problem: FieldProblem

    /// Where the field stands in an event's JSON: `data.status`, `session_id`.
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

/// In which way a field is wrong.
public enum FieldProblem: Hashable, Sendable {
    case missing
    case wrongType(ValueType)
    /// The text, cut to its first 64 characters.
    case notAllowed(String)
}

/// What a check of a batch found.
public struct CheckResult: Sendable {
    /// In the order of rows, then fields; at most as many as were asked for.
    public var flags: [FieldFlag]
    /// How many there are in all.
    public var flagCount: Int
    /// Per row, whether the policy keeps it.
    public var keep: Bitmap
    /// Per row, whether anything is wrong with it.
    public var flagged: Bitmap
    /// How often each thing is wrong, values left out: `retry.success: data.api_endpoint is missing`.
    public var counts: [String: Int]
}
