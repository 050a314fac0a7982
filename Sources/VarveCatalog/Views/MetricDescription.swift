public import VarveEvents

/// One number that a view shows.
public struct MetricDescription: Hashable, Sendable {
    public var column: String
    /// Nil for what is no number, and for one whose unit depends on the row.
    public var unit: FieldUnit?
    /// How it comes about, as the definition says.
    public var formula: String
    public var bounds: MetricBounds

    init(_ column: String, unit: FieldUnit?, formula: String, bounds: MetricBounds) {
        self.column = column
        self.unit = unit
        self.formula = formula
        self.bounds = bounds
    }
}
