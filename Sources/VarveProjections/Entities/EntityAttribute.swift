internal import VarveEvents

/// A value stored for a thing, from those of its events that have the field.
public struct EntityAttribute: Hashable, Sendable {
    public enum Choice: UInt8, Hashable, Sendable {
        case first = 1
        case last = 2
        case least = 3
        case greatest = 4
        /// Stored exactly, in millionths.
        case sum = 5
    }

    /// The column.
    public var name: String
    public var field: Field
    public var choice: Choice

    public init(_ choice: Choice, _ field: String, as name: String? = nil) {
        self.field = Field(field)
        self.name = name ?? self.field.name
        self.choice = choice
    }

    public static func first(_ field: String, as name: String? = nil) -> Self { Self(.first, field, as: name) }
    public static func last(_ field: String, as name: String? = nil) -> Self { Self(.last, field, as: name) }
    public static func least(_ field: String, as name: String? = nil) -> Self { Self(.least, field, as: name) }
    public static func greatest(_ field: String, as name: String? = nil) -> Self { Self(.greatest, field, as: name) }
    public static func sum(_ field: String, as name: String? = nil) -> Self { Self(.sum, field, as: name) }
}
