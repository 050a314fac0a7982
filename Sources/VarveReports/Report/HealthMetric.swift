internal import VarveAnalysis
internal import VarveCatalog
internal import VarveEvents
internal import VarveProjections
internal import VarveViews

/// A metric with bounds of the catalog, over a range: by hour, for all and by its first dimension.
struct HealthMetric {
    let view: CatalogView
    let column: String
    let unit: FieldUnit?
    let bounds: MetricBounds
    let polarity: Polarity
    /// All, by hour.
    var whole: [SeriesPoint] = []
    /// By value of the first dimension.
    var parts: [NamedSeries] = []

    var dimension: String? { view.definition.dimensions.first?.name }
    var name: String { view.name == column ? column : "\(view.name).\(column)" }

    /// Fewer events than this in an hour say little about a ratio or a quantile.
    private static let fewestForAll = 20.0
    private static let fewestForPart = 8.0
    /// Dimension values that are examined: the ones with the most rows.
    private static let partsMax = 50

    /// All metrics with bounds whose signals are in the log.
    static func read(_ rows: AnalysisRows, _ range: Range<Timestamp>, asOf: AsOf?) throws -> [HealthMetric] {
        let signals = try rows.signals()
        let views = Catalog.views.filter { view in
            !view.bounds.isEmpty && signals.contains { view.definition.signals.matches($0) }
        }
        let requests = views.flatMap { view in
            [[], view.definition.dimensions.prefix(1).map(\.name)].map { by in
                ViewRequest(
                    .mergeable(view.definition), asOf: asOf, bucket: .hour, by: by, from: range.lowerBound, to: range.upperBound)
            }
        }
        let answers = try rows.answers(requests)
        var found: [HealthMetric] = []
        for (number, view) in views.enumerated() {
            for metric in view.metrics where metric.bounds != MetricBounds() {
                var one = HealthMetric(
                    view: view, column: metric.column, unit: metric.unit, bounds: metric.bounds,
                    polarity: Polarities.of(view.name, metric.column))
                one.whole = one.series(answers[2 * number], fewestForAll, range).first?.points ?? []
                if one.dimension != nil { one.parts = one.series(answers[2 * number + 1], fewestForPart, range) }
                if one.whole.contains(where: { $0.value != nil }) { found.append(one) }
            }
        }
        return found
    }

    private func series(_ answer: ViewAnswer, _ fewest: Double, _ range: Range<Timestamp>) -> [NamedSeries] {
        let dimensions = answer.columns.filter(\.isDimension).map(\.name)
        var values: [[ViewValue]: [Timestamp: Double]] = [:]
        for row in answer.rows where !row.isOther {
            guard let time = row.time, let value = row[column]?.number, weight(row) >= fewest else { continue }
            values[dimensions.map { row[$0] ?? .null }, default: [:]][time] = value
        }
        let hours = Insights.buckets(range, .hour)
        func order(_ one: (key: [ViewValue], value: [Timestamp: Double])) -> (Int, String) {
            (-one.value.count, one.key.map { $0.text ?? "" }.joined(separator: ","))
        }
        let largest = values.sorted { order($0) < order($1) }
        return largest.prefix(Self.partsMax).map { key, values in
            NamedSeries(
                labels: zip(dimensions, key).map { NamedValue($0, $1) },
                points: hours.map { SeriesPoint(time: $0, value: values[$0]) })
        }
    }

    /// How many events a value of a row stands on; infinite if that is not known.
    private func weight(_ row: ViewRow) -> Double {
        if case .ratio(_, let whole)? = view.definition.derived.first(where: { $0.name == column })?.formula {
            return whole.reduce(0.0) { $0 + (row[$1]?.number ?? 0) }
        }
        for measure in view.definition.measures where measure.condition == nil {
            if case .count = measure.kind { return row[measure.name]?.number ?? 0 }
        }
        return .infinity
    }

    func text(_ value: Double) -> String {
        switch unit {
        case .fraction: Plain.percent(value)
        case .milliseconds: value >= 1_000 ? "\(Plain.number(value / 1_000)) s" : "\(Plain.number(value)) ms"
        case .megabytes: "\(Plain.number(value)) MB"
        default: Plain.number(value)
        }
    }
}
