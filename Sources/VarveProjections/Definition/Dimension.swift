/// What a view is split by: a field, as it is or transformed.
public struct Dimension: Hashable, Sendable {
    /// The name of the column in the view.
    public var name: String
    public var field: Field
    public var transform: DimensionTransform

    /// A dimension called like its field unless `name` says otherwise.
    public init(_ field: String, name: String? = nil, _ transform: DimensionTransform = .none) {
        self.field = Field(field)
        self.name = name ?? self.field.name
        self.transform = transform
    }

    /// The hour of the week in the view's zone: 0 … 167, from Monday 00:00.
    public static func hourOfWeek(_ name: String = "hour_of_week") -> Dimension {
        var dimension = Dimension("hour", name: name)
        dimension.field = .hourOfWeek
        return dimension
    }
}

/// What is done to a value before it becomes a dimension's. An absent value stays absent.
public enum DimensionTransform: Hashable, Sendable {
    case none
    /// ASCII letters in lower case; other bytes as they are, so that no version of Unicode's tables is part of a view.
    case lower
    /// The first `count` characters (Unicode scalars) of a text.
    case prefix(Int)
    /// `200…299` → `2xx`, and so on for 100 … 599; other numbers become absent.
    case statusClass
    /// Names for ranges of a number: the first range whose `below` is greater than the value; the last may be open.
    case ranges([ValueRange])
}

/// One range of `DimensionTransform.ranges`.
public struct ValueRange: Hashable, Sendable {
    public var name: String
    /// The first value above the range; nil for the last range.
    public var below: Double?

    public init(_ name: String, below: Double?) {
        self.name = name
        self.below = below
    }
}
