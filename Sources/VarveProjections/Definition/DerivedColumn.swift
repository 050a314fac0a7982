/// A column computed from others when a row is shown; never stored.
public struct DerivedColumn: Hashable, Sendable {
    public var name: String
    public var formula: DerivedFormula

    public init(_ name: String, _ formula: DerivedFormula) {
        self.name = name
        self.formula = formula
    }

    /// The sum of the columns `parts` over the sum of the columns `whole`; null when that is zero.
    public static func ratio(_ name: String, of parts: String..., over whole: String...) -> DerivedColumn {
        DerivedColumn(name, .ratio(of: parts, over: whole))
    }

    /// The mean of the values in the `sum` measure `sum`; null if there are none.
    public static func mean(_ name: String, of sum: String) -> DerivedColumn {
        DerivedColumn(name, .mean(of: sum))
    }

    /// The column `column` per second of the bucket; null if the bucket has no length (`all`, without bounds).
    public static func ratePerSecond(_ name: String, of column: String) -> DerivedColumn {
        DerivedColumn(name, .ratePerSecond(of: column))
    }
}
