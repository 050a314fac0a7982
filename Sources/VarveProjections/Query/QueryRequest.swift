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
    public var dimensions: [String] { groupings.map(\.name) }

    /// The distinct dimensions. `hour_of_day` and `hour_of_week` are those of the event time, in UTC; an attribute of that name
    /// is `data.hour_of_day`.
    private var groupings: [Dimension] {
        var found: [Dimension] = []
        for text in by {
            let name = Self.clock(Field(text).name) == nil ? Field(text).description : text
            let dimension = Self.clock(text) ?? Dimension(text, name: name)
            if !found.contains(dimension) { found.append(dimension) }
        }
        return found
    }

    /// A dimension derived from the event time; nil for a field.
    private static func clock(_ text: String) -> Dimension? {
        [Dimension.hourOfDay(), Dimension.hourOfWeek()].first { $0.name == text }
    }

    /// All fields it uses, as typed.
    public var fields: [String] {
        conditions.map(\.field) + by.filter { Self.clock($0) == nil }
            + shownMeasures.filter { $0.kind != .count }.flatMap(\.fields)
    }

    /// The view that answers it. Its first measure is `count`, so that a group of events without the measured fields has a row;
    /// it has all bucket levels.
    ///
    /// - Throws: `.badRequest` if two columns would have the same name, or a measure has too many fields or an empty one.
    public func definition(named name: String = "query") throws(QueryError) -> ViewDefinition {
        for measure in shownMeasures where measure.kind == .distinct {
            guard measure.fields.count <= QueryMeasure.fieldsMax, !measure.fields.contains("") else {
                throw .badRequest(
                    "distinct takes 1 to \(QueryMeasure.fieldsMax) fields, separated by commas, not '\(measure.field)'")
            }
        }
        var seen: Set<String> = []
        for column in columns where !seen.insert(column).inserted {
            throw .badRequest("two columns would be called \(column); data.NAME names an attribute")
        }
        var view = ViewDefinition(name: name, measures: [.count(QueryMeasure.count.column)])
        view.dimensions = groupings
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
        case .distinct:
            let fields = self.fields
            view.measures.append(
                fields.count == 1
                    ? .distinct(column, of: field) : Measure(column, .combinations(fields.map { Field($0) })))
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
