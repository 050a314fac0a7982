internal import VarveEvents
public import VarveProjections

/// A built-in view with metadata beside its definition. The metadata is not part of the view's fingerprint: a bound can change
/// without refolding the view.
public struct CatalogView: Hashable, Sendable {
    public var definition: ViewDefinition
    public var system: CatalogSystem
    /// One line.
    public var meaning: String
    /// The requirements that it serves, fully or in part.
    public var requirements: [String]
    /// Limits for healthy and alert states, by the name of a shown column.
    public var bounds: [String: MetricBounds]
    /// Units that do not follow from the definition, by the name of a shown column.
    var units: [String: FieldUnit]

    init(
        _ system: CatalogSystem, _ meaning: String, _ requirements: [String], bounds: [String: MetricBounds] = [:],
        units: [String: FieldUnit] = [:], _ definition: ViewDefinition
    ) {
        self.definition = definition
        self.system = system
        self.meaning = meaning
        self.requirements = requirements
        self.bounds = bounds
        self.units = units
    }

    public var name: String { definition.name }

    /// All columns after time and dimensions, in order.
    public var metrics: [MetricDescription] {
        let measures = definition.measures.flatMap { measure in
            measure.columnNames.map { column in
                MetricDescription(
                    column, unit: unit(measure, column), formula: Formula.text(measure, column),
                    bounds: bounds[column] ?? MetricBounds())
            }
        }
        return measures
            + definition.derived.map { column in
                MetricDescription(
                    column.name, unit: unit(column, measures), formula: Formula.text(column.formula),
                    bounds: bounds[column.name] ?? MetricBounds())
            }
    }

    private func unit(_ measure: Measure, _ column: String) -> FieldUnit? {
        switch measure.kind {
        case .count, .distinct, .combinations: return .count
        case .topK, .product: return nil
        case .quantiles(let field, let columns):
            return columns.contains { $0.name == column && $0.statistic == .count } ? .count : unit(of: field)
        case .sum(let field), .min(let field), .max(let field), .last(let field): return unit(of: field)
        }
    }

    private func unit(_ column: DerivedColumn, _ measures: [MetricDescription]) -> FieldUnit? {
        if let unit = units[column.name] { return unit }
        switch column.formula {
        case .mean(let sum): return measures.first { $0.column == sum }?.unit
        case .ratePerSecond: return .perSecond
        case .ratio(let parts, let whole):
            // A sum over a count is a mean; a quotient of equal units is a share.
            let units = Set((parts + whole).map { name in measures.first { $0.column == name }?.unit })
            return units.count == 1 ? .fraction : measures.first { $0.column == parts.first }?.unit
        }
    }

    /// The unit of the field in the view's signals.
    private func unit(of field: Field) -> FieldUnit? {
        for signal in Catalog.signals + Catalog.protocolSignals where definition.signals.matches(signal.name) {
            if let unit = signal.field(field.name)?.unit { return unit }
        }
        return nil
    }
}
