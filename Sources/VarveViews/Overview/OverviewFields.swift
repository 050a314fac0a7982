internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// Chooses the fields of an overview, and reads their statistics from rows.
enum OverviewFields {
    static let numbersName = "numbers"
    static let valuesName = "values"
    private static let lengths = [
        "duration", "latency", "elapsed", "_ms", "_us", "_ns", "seconds", "response_time", "took", "time",
    ]

    /// Numeric attributes, durations first.
    static func numbers(_ fields: LogFields, most: Int) -> [String] {
        let names = Set(fields.columns.filter { $0.scope == .attribute && ($0.type == .int64 || $0.type == .double) }.map(\.name))
        return Array(names.sorted { (isLength($0) ? 0 : 1, $0) < (isLength($1) ? 0 : 1, $1) }.prefix(most)).map(named)
    }

    static func isLength(_ name: String) -> Bool {
        let name = name.lowercased()
        return lengths.contains { name.contains($0) }
    }

    /// Fields whose values are counted: those of the envelope, then string, boolean and integer attributes.
    static func values(_ fields: LogFields, most: Int) -> [String] {
        let envelope = fields.columns.filter { $0.scope == .envelope && $0 != .id }.sorted().map(\.name)
        let types: Set<ValueType> = [.string, .bool, .int64]
        let names = Set(fields.columns.filter { $0.scope == .attribute && types.contains($0.type) }.map(\.name)).filter {
            !isLength($0)
        }
        return envelope + names.sorted().prefix(most - envelope.count).map(named)
    }

    /// The attribute's name as a user types it, prefixed where an envelope field has the same name.
    private static func named(_ attribute: String) -> String {
        Field(attribute).place == .attribute && Field(attribute).name == attribute ? attribute : "data." + attribute
    }

    static func numbersView(_ fields: [String]) -> ViewDefinition {
        var view = ViewDefinition(
            name: numbersName, levels: [.all], dimensions: [Dimension("signal")], measures: [.count("events")])
        for (index, field) in fields.enumerated() {
            let columns = [
                StatisticColumn("count\(index)", .count), StatisticColumn("p50\(index)", .quantile(millionths: 500_000)),
                StatisticColumn("p95\(index)", .quantile(millionths: 950_000)),
            ]
            view.measures.append(Measure("number\(index)", .quantiles(Field(field), columns)))
            // A sketch's own maximum is a double, which has no room for large integers.
            view.measures.append(.max("max\(index)", of: field))
        }
        return view
    }

    static func numbers(_ rows: [ViewRow], _ fields: [String]) -> [Overview.Number] {
        var found: [Overview.Number] = []
        for (index, field) in fields.enumerated() {
            for row in rows {
                guard case .int(let count)? = row["count\(index)"], count > 0, let signal = row["signal"]?.text,
                    let p50 = row["p50\(index)"], let p95 = row["p95\(index)"], let max = row["max\(index)"],
                    let largest = max.number
                else { continue }
                let quantiles = [p50, p95].map { ($0.number ?? 0) >= largest ? max : $0 }
                found.append(
                    Overview.Number(
                        field: field, signal: signal, count: count, p50: quantiles[0], p95: quantiles[1], max: max))
            }
        }
        return found
    }

    static func valuesView(_ fields: [String]) -> ViewDefinition {
        var view = ViewDefinition(name: valuesName, levels: [.all], measures: [.count("events")])
        for (index, field) in fields.enumerated() {
            view.measures.append(.distinct("distinct\(index)", of: field))
            view.measures.append(.topK("top\(index)", of: field, 5))
        }
        return view
    }

    /// Skips fields whose values hardly ever repeat, because they are ids.
    static func values(_ rows: [ViewRow], _ fields: [String], events: Int64) -> [Overview.Values] {
        guard let row = rows.first else { return [] }
        var found: [Overview.Values] = []
        for (index, field) in fields.enumerated() {
            guard case .int(let distinct)? = row["distinct\(index)"], distinct > 0, case .top(let entries)? = row["top\(index)"]
            else {
                continue
            }
            let top = entries.filter { $0.value.text != ViewValue.otherName }.prefix(5)
            guard let most = top.first?.count, most > 1, distinct == 1 || distinct <= 1_000 || most * 1_000 > events else {
                continue
            }
            found.append(
                Overview.Values(
                    field: field, distinct: distinct, top: top.map { (value: $0.value.text ?? "", count: Int64($0.count)) }))
        }
        return found
    }
}
