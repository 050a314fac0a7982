/// A grouping of a view: a field, optionally transformed.
public struct Dimension: Hashable, Sendable {
    /// The name of the column in the view.
    public var name: String
    public var field: Field
    public var transform: DimensionTransform

    /// A dimension, named after its field unless `name` is given.
    public init(_ field: String, name: String? = nil, _ transform: DimensionTransform = .none) {
        self.field = Field(field)
        self.name = name ?? self.field.name
        self.transform = transform
    }

    /// The hour of the day in the view's zone: 0 … 23.
    public static func hourOfDay(_ name: String = "hour_of_day") -> Dimension {
        var dimension = Dimension("hour", name: name)
        dimension.field = .hourOfDay
        return dimension
    }

    /// The hour of the week in the view's zone: 0 … 167, from Monday 00:00.
    public static func hourOfWeek(_ name: String = "hour_of_week") -> Dimension {
        var dimension = Dimension("hour", name: name)
        dimension.field = .hourOfWeek
        return dimension
    }
}
