public import VarveEvents

/// One metric shown by a view.
public struct MetricDescription: Hashable, Sendable {
    public var column: String
    /// Nil for values that are not numbers, and for those whose unit depends on the row.
    public var unit: FieldUnit?
    /// The formula in the definition.
    public var formula: String
    public var bounds: MetricBounds

    init(_ column: String, unit: FieldUnit?, formula: String, bounds: MetricBounds) {
        self.column = column
        self.unit = unit
        self.formula = formula
        self.bounds = bounds
    }
}
