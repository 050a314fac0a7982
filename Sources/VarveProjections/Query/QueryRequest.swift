public import VarveEvents

/// An ad hoc query: which events, grouped how, measured how. It is converted to a view definition on the fly.
public struct QueryRequest: Hashable, Sendable {
    /// Patterns in which `*` matches any characters; the signal must match one of them. If empty, every signal.
    public var signals: [String] = []
    /// Conditions, all of which must hold.
    public var conditions: [FieldCondition] = []
    /// Fields to group by.
    public var by: [String] = []
    public var bucket = BucketLevel.all
    /// The measures; if empty, the number of events.
    public var measures: [QueryMeasure] = []
    /// The inclusive start of the range of event time, exact.
    public var from: Timestamp?
    /// The exclusive end of the range of event time, exact.
    public var to: Timestamp?
    /// Which rows are shown, and in which order.
    public var order = RowOrder()

    public init() {}

    /// The distinct measures in column order.
    public var shownMeasures: [QueryMeasure] {
        let asked = measures.isEmpty ? [.count] : measures
        var shown: [QueryMeasure] = []
        for measure in asked.enumerated().sorted(by: { ($0.element.kind.rank, $0.offset) < ($1.element.kind.rank, $1.offset) })
        where !shown.contains(measure.element) {
            shown.append(measure.element)
        }
        return shown
    }

    /// The names of its rows' columns: time, dimensions, measures.
    public var columns: [String] {
        (bucket == .all ? [] : ["time"]) + dimensions + shownMeasures.map(\.column)
    }

    /// The distinct names of the fields to group by.
    public var dimensions: [String] {
        var names: [String] = []
        for field in by where !names.contains(Field(field).description) { names.append(Field(field).description) }
        return names
    }

    /// All fields it uses, as typed.
    public var fields: [String] {
        conditions.map(\.field) + by + shownMeasures.filter { $0.kind != .count }.map(\.field)
    }

    /// The view that answers it. Its first measure is `count`, so that a group of events without the measured fields has a row;
    /// it has all bucket levels.
    ///
    /// - Throws: `.badRequest` if two columns would have the same name, or there are too many.
    public func definition(named name: String = "query") throws(QueryError) -> ViewDefinition {
        var seen: Set<String> = []
        for column in columns where !seen.insert(column).inserted {
            throw .badRequest("two columns would be called \(column); data.NAME names an attribute")
        }
        var view = ViewDefinition(name: name, measures: [.count(QueryMeasure.count.column)])
        for field in dimensions { view.dimensions.append(Dimension(field, name: field)) }
        for measure in shownMeasures { measure.add(to: &view) }
        view.budget = Self.groupsMax
        let chosen = chosenSignals
        view.signals = chosen.filter
        let parts = ([chosen.condition] + conditions.map { Condition($0) }).compactMap { $0 }
        view.filter = parts.count > 1 ? .all(parts) : parts.first
        return view
    }

    /// The number of combinations of dimension values that an answer shows before the rest becomes `__other__`.
    public static let groupsMax = 100_000

    /// Names and prefixes allow skipping whole frames; other patterns become conditions.
    private var chosenSignals: (filter: SignalFilter, condition: Condition?) {
        if signals.contains("*") || signals.isEmpty { return (SignalFilter(), nil) }
        let isPlain = signals.allSatisfy { pattern in !pattern.dropLast().contains("*") && pattern != "" }
        guard isPlain else { return (SignalFilter(), Self.any(signals.map { .glob(.signal, $0) })) }
        return (
            SignalFilter(
                names: signals.filter { !$0.hasSuffix("*") },
                prefixes: signals.filter { $0.hasSuffix("*") }.map { String($0.dropLast()) }),
            nil
        )
    }

    private static func any(_ conditions: [Condition]) -> Condition? {
        conditions.count > 1 ? .any(conditions) : conditions.first
    }
}

extension QueryMeasure {
    /// Adds the measures it needs to a view.
    fileprivate func add(to view: inout ViewDefinition) {
        let field = self.field
        switch kind {
        case .count: break
        case .sum: QueryMeasure.addSum(of: field, to: &view)
        case .average:
            QueryMeasure.addSum(of: field, to: &view)
            view.derived.append(DerivedColumn(column, .mean(of: QueryMeasure(.sum, of: field).column)))
        case .min: view.measures.append(.min(column, of: field))
        case .max: view.measures.append(.max(column, of: field))
        case .distinct: view.measures.append(.distinct(column, of: field))
        case .quantile(let millionths):
            let shown = StatisticColumn(column, .quantile(millionths: millionths))
            for (index, measure) in view.measures.enumerated() {
                if case .quantiles(let known, let columns) = measure.kind, known == Field(field) {
                    view.measures[index].kind = .quantiles(known, columns + [shown])
                    return
                }
            }
            view.measures.append(Measure("quantiles_\(Field(field))", .quantiles(Field(field), [shown])))
        }
    }

    private static func addSum(of field: String, to view: inout ViewDefinition) {
        let sum = QueryMeasure(.sum, of: field).column
        if !view.measures.contains(where: { $0.name == sum }) { view.measures.append(.sum(sum, of: field)) }
    }
}
