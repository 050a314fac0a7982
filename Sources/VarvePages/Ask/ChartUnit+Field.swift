public import VarveCharts
public import VarveEvents

extension ChartUnit {
    /// How pages and commands write a number of a described column.
    public static func of(_ unit: FieldUnit?) -> ChartUnit { ChartUnit(unit) }
}
