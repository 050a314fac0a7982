internal import VarveAnalysis
internal import VarveCatalog
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

extension ReportBuilder {
    /// What changed in an incident, and where: the metrics, and what explains the main one.
    func section(of incident: FoundIncident, number: Int) throws -> ReportSection {
        var table = AnalysisTable(
            nil, ["metric", "of", "value", "expected", "from", "to", "score"], numbers: ["score"])
        for part in incident.parts.prefix(12) {
            let metric = part.metric
            table.add([
                .string(metric.name), .string(part.label ?? "all"), .string(metric.text(part.span.value)),
                .string(metric.text(part.span.expected)), .string(Plain.moment(part.span.start)),
                .string(Plain.moment(part.span.end.moved(3_600_000_000_000))),
                .number(part.span.score),
            ])
        }
        let metric = incident.main.metric
        let why = try explanation(metric, incident)
        let window = Self.around(incident, hours: 0)
        let links = [
            (text: "\(metric.view.name) in this time", path: link("/views/\(metric.view.name)", Self.around(incident, hours: 6))),
            (text: "events of this time", path: link("/events", window)),
        ]
        var sentences = [incident.sentence + "."]
        let healthy = metric.bounds.healthy.map { "healthy is \($0)" }
        let alert = metric.bounds.alert.map { "the alert limit is \($0)" }
        let limits = [healthy, alert].compactMap(\.self).joined(separator: ", ")
        if !limits.isEmpty { sentences.append("Of \(metric.name), \(limits).") }
        sentences += why.sentences
        return ReportSection(
            "incident_\(number)", "Incident \(number): \(Plain.moment(incident.start)) to \(Plain.moment(incident.end)) UTC",
            sentences, tables: [table] + why.tables, links: links, charts: charts(incident))
    }

    /// The window of the incident against the day before it: which values of each dimension explain the difference.
    private func explanation(
        _ metric: HealthMetric, _ incident: FoundIncident
    ) throws -> (sentences: [String], tables: [AnalysisTable]) {
        let definition = metric.view.definition
        guard !definition.dimensions.isEmpty else { return ([], []) }
        let earlier = incident.start.moved(-Self.day)..<incident.start
        let windows = [earlier, incident.start..<incident.end]
        let lengths = windows.map { Double($0.upperBound.nanoseconds &- $0.lowerBound.nanoseconds) }
        let difference = WindowDifference(definition, column: metric.column, scale: lengths[1] / lengths[0])
        let names = definition.dimensions.map(\.name)
        let answers = try rows.answers(
            names.flatMap { name in
                windows.map { window in
                    ViewRequest(
                        .mergeable(definition), asOf: asOf, bucket: .all, by: [name], from: window.lowerBound,
                        to: window.upperBound)
                }
            })
        var table = AnalysisTable(
            "what explains the difference from the day before", ["dimension", "value", "before", "after", "effect", "share"],
            numbers: ["effect"])
        var sentences: [String] = []
        for (number, name) in names.enumerated() {
            let ranked = difference.ranked(name, before: answers[2 * number].rows, after: answers[2 * number + 1].rows)
            for row in ranked.prefix(4) {
                table.add([
                    .string(name), .words(row.value.text), .words(row.before.map(metric.text)),
                    .words(row.after.map(metric.text)),
                    .number(row.effect), .string(Plain.percent(row.share)),
                ])
            }
            let bad = ranked.filter { metric.polarity == .higherIsBetter ? $0.effect < 0 : $0.effect > 0 }
            let main = bad.prefix { $0.share >= 0.15 }.prefix(3)
            let share = main.reduce(0) { $0 + $1.share }
            if share >= 0.5, ranked.count > main.count {
                let values = main.compactMap(\.value.text).joined(separator: " and ")
                sentences.append("\(Plain.percent(share)) of the difference comes from \(name) \(values).")
            } else if ranked.count > 1 {
                sentences.append("It is spread over all values of \(name).")
            }
        }
        return (sentences, [table])
    }

    /// The main metric around the incident, for the values that deviate and for all.
    private func charts(_ incident: FoundIncident) -> [Chart] {
        let metric = incident.main.metric
        let shown = Self.around(incident, hours: 24)
        let hours = metric.whole.filter { shown.contains($0.time) }
        guard let first = hours.first?.time else { return [] }
        let labels = incident.labels(of: metric.dimension ?? "").prefix(3)
        var series = [ChartSeries("all", hours.map(\.value))]
        for part in metric.parts where labels.contains(part.name ?? "") {
            series.append(ChartSeries(part.name ?? "-", part.points.filter { shown.contains($0.time) }.map(\.value)))
        }
        let unit: ChartUnit = metric.unit == .fraction ? .fraction : metric.unit == .milliseconds ? .milliseconds : .plain
        var chart = Chart(
            id: "incident", title: metric.name, note: "by hour, UTC", summary: incident.sentence, kind: .line, unit: unit,
            start: first.nanoseconds, step: 3_600_000_000_000, series: series)
        chart.markers = [
            ChartMarker(at: incident.start.nanoseconds, until: incident.end.nanoseconds, "incident", .incident)
        ]
        return [chart]
    }

    /// Who had failures in the time of an incident.
    func affected(_ incident: FoundIncident) throws -> (sentence: String, section: ReportSection) {
        let window = Self.around(incident, hours: 0)
        let before = window.lowerBound.moved(-Self.day)..<window.upperBound.moved(-Self.day)
        let (now, then) = (try failures(window), try failures(before))
        let users = QueryMeasure(.distinct, of: "user")
        let sessions = QueryMeasure(.distinct, of: "session")
        var asked = question(window).query(Self.failureSignals, by: [], bucket: .all, [.count, users, sessions])
        asked.conditions = []
        let total = try rows.query(asked, asOf: asOf).first
        var everybody = question(window).query([], by: [], bucket: .all, [.count, users])
        everybody.conditions = []
        let all = try rows.query(everybody, asOf: asOf).first?[users.column]?.number ?? 0
        let hit = total?[users.column]?.number ?? 0
        var table = AnalysisTable(
            nil, ["failure", "component", "in_the_incident", "same_time_the_day_before"],
            numbers: ["in_the_incident", "same_time_the_day_before"], empty: "no failures of single users")
        for (key, count) in now.sorted(by: { ($1.value, $0.key[0], $0.key[1]) < ($0.value, $1.key[0], $1.key[1]) }).prefix(12) {
            table.add([.string(key[0]), .string(key[1]), .count(count), .count(then[key] ?? 0)])
        }
        let sum = now.values.reduce(0, +)
        let usual = then.values.reduce(0, +)
        var sentence = "\(Plain.grouped(hit)) users had \(Plain.grouped(Double(sum))) failures"
        if all > 0 { sentence += " (\(Plain.percent(hit / all)) of the users active then)" }
        sentence += ", \(Plain.grouped(Double(usual))) failures at the same time the day before."
        let examples = try sessionsHit(window)
        let links = examples.prefix(5).map { (text: "session \($0)", path: "/sessions/\($0)") }
        return (
            sentence,
            ReportSection("affected", "To whom", [sentence], tables: [table], links: Array(links))
        )
    }

    private static let failureSignals = [
        "optimistic_action.rollback", "retry.failure", "error_boundary.triggered", "js.error", "js.unhandled_rejection",
    ]

    private func failures(_ window: Range<Timestamp>) throws -> [[String]: Int] {
        var found: [[String]: Int] = [:]
        let query = question(window).query(Self.failureSignals, by: ["signal", "component"], bucket: .all)
        for row in try rows.query(query, asOf: asOf) {
            found[[row["signal"]?.text ?? "-", row["component"]?.text ?? "-"]] = Int(row["count"]?.int ?? 0)
        }
        return found
    }

    /// The sessions with the most failures.
    private func sessionsHit(_ window: Range<Timestamp>) throws -> [String] {
        let query = question(window).query(Self.failureSignals, by: ["session"], bucket: .all)
        let counts = try rows.query(query, asOf: asOf).compactMap { row in
            row["session"]?.text.map { (name: $0, count: row["count"]?.int ?? 0) }
        }
        return counts.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(5).map(\.name)
    }
}
