internal import VarveAnalysis
internal import VarveCatalog
internal import VarveEvents
internal import VarveProjections
internal import VarveViews

extension ReportBuilder {
    /// What to do (A67–A69, M32, F42): each with its evidence; sorted by whoever shows them.
    func actions(_ incidents: [FoundIncident]) throws -> [ReportAction] {
        var all = incidents.map(followUp)
        let signals = try rows.signals()
        if signals.contains("db.query"), let action = try slowQueries() { all.append(action) }
        if signals.contains("http.request") {
            if let action = try memory() { all.append(action) }
            if let action = try failingEndpoints() { all.append(action) }
        }
        all += lasting()
        return all
    }

    private func followUp(_ incident: FoundIncident) -> ReportAction {
        let main = incident.main
        let dimension = main.metric.dimension ?? ""
        let labels = incident.labels(of: dimension)
        var table = AnalysisTable(nil, ["metric", "of", "value", "expected"], numbers: [])
        for part in incident.parts.prefix(6) {
            table.add([
                .string(part.metric.name), .string(part.label ?? "all"), .string(part.metric.text(part.span.value)),
                .string(part.metric.text(part.span.expected)),
            ])
        }
        let place = labels.isEmpty ? "" : " in \(dimension) \(labels.prefix(3).joined(separator: ", "))"
        return ReportAction(
            type: "incident_follow_up", impact: .high,
            text:
                "Find the cause of what began at \(Plain.moment(incident.start)) UTC\(place): look for a deployment or a changed "
                + "dependency shortly before, read the sessions listed under “To whom”, and record cause and remedy.",
            evidenceName: "metrics", evidence: table, excess: incident.score)
    }

    private func number(_ row: ViewRow, _ column: String) -> Double { row[column]?.number ?? 0 }

    private func whole(_ name: String, _ by: String) throws -> [ViewRow] {
        guard let view = Catalog.view(name) else { return [] }
        return try rows.answer(
            ViewRequest(
                .mergeable(view.definition), asOf: asOf, bucket: .all, by: [by], from: range.lowerBound, to: range.upperBound)
        ).rows
    }

    /// A67.
    private func slowQueries() throws -> ReportAction? {
        let limit = Numbers.Atomic.slowQuery.value
        let slow = try whole("expensive_queries", "query").filter { number($0, "max_ms") > limit }
            .sorted { number($0, "duration_sum_ms") > number($1, "duration_sum_ms") }
        guard let first = slow.first else { return nil }
        var table = AnalysisTable(
            nil, ["query", "queries", "max_ms", "mean_ms", "total_ms"], numbers: ["queries", "max_ms", "mean_ms", "total_ms"])
        for row in slow.prefix(10) {
            table.add([
                .words(row["query"]?.text), .count(Int(number(row, "queries"))), .number(number(row, "max_ms")),
                .number(number(row, "mean_ms")), .number(number(row, "duration_sum_ms")),
            ])
        }
        return ReportAction(
            type: "database_index", impact: .high,
            text: "Give \(slow.count == 1 ? "the query" : "the \(slow.count) queries") that took more than "
                + "\(Plain.number(limit)) ms an index, or make them read less: begin with “\(first["query"]?.text ?? "-")”.",
            evidenceName: "queries", evidence: table, excess: number(first, "max_ms") / limit)
    }

    /// A68.
    private func memory() throws -> ReportAction? {
        let limit = Numbers.Atomic.memory.value
        let hot = try whole("requests", "path").filter { number($0, "max_memory_mb") > limit }
            .sorted { number($0, "max_memory_mb") > number($1, "max_memory_mb") }
        guard let first = hot.first else { return nil }
        var table = AnalysisTable(nil, ["path", "max_memory_mb", "requests"], numbers: ["max_memory_mb", "requests"])
        for row in hot.prefix(10) {
            table.add([
                .words(row["path"]?.text), .number(number(row, "max_memory_mb")), .count(Int(number(row, "requests"))),
            ])
        }
        return ReportAction(
            type: "memory_optimization", impact: .medium,
            text:
                "Reduce the memory of \(hot.count) path\(hot.count == 1 ? "" : "s") above \(Plain.number(limit)) MB: begin with "
                + "\(first["path"]?.text ?? "-") (\(Plain.number(number(first, "max_memory_mb"))) MB).",
            evidenceName: "hotPaths", evidence: table, excess: number(first, "max_memory_mb") / limit)
    }

    /// A69.
    private func failingEndpoints() throws -> ReportAction? {
        let limit = Numbers.Atomic.endpointErrors.value
        let bad = try whole("requests", "path").filter { number($0, "error_rate") > limit && number($0, "requests") >= 20 }
            .sorted { number($0, "status_5xx") > number($1, "status_5xx") }
        guard let first = bad.first else { return nil }
        let worst = number(first, "error_rate")
        var table = AnalysisTable(nil, ["endpoint", "rate", "errors", "requests"], numbers: ["rate", "errors", "requests"])
        for row in bad.prefix(10) {
            table.add([
                .words(row["path"]?.text), .number(number(row, "error_rate")), .count(Int(number(row, "status_5xx"))),
                .count(Int(number(row, "requests"))),
            ])
        }
        return ReportAction(
            type: "error_handling", impact: .high,
            text: "Handle the errors of \(bad.count) endpoint\(bad.count == 1 ? "" : "s") with an error rate above "
                + "\(Plain.percent(limit)): begin with \(first["path"]?.text ?? "-") (\(Plain.percent(worst))).",
            evidenceName: "endpoints", evidence: table, excess: number(first, "error_rate") / limit)
    }

    /// Metrics that are beyond their alert limit on average: not an incident, but a state.
    private func lasting() -> [ReportAction] {
        compared.compactMap { row in
            guard let alert = row.metric.bounds.alert, alert.holds(row.after) else { return nil }
            var table = AnalysisTable(nil, ["metric", "now", "limit"], numbers: [])
            table.add([.string(row.metric.name), .string(row.metric.text(row.after)), .string("\(alert)")])
            let ratio = alert.number.value == 0 ? 1 : row.after / alert.number.value
            return ReportAction(
                type: "reliability", impact: .medium,
                text:
                    "\(row.metric.name) is \(row.metric.text(row.after)) on average, beyond its alert limit (\(alert)): improve "
                    + "it, or change the limit if this is normal.",
                evidenceName: "metrics", evidence: table, excess: ratio >= 1 ? ratio : 1 / max(ratio, 1e-6))
        }
    }
}
