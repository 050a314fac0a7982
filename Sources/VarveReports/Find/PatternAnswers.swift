internal import VarveAnalysis
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// What comes again, what changes to and fro, and what comes before failures.
enum PatternAnswers {
    /// Events that come again and again (M28): at even intervals, at an hour, on a day of the week.
    static func patterns(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        let usual = ["incident.opened", "alert.triggered", "alert.firing"]
        let signals = question.texts("signal").isEmpty ? usual : question.texts("signal")
        let by = question.by.isEmpty ? ["signal"] : question.by
        var times: [String: [Timestamp]] = [:]
        for row in try rows.query(question.query(signals, by: by, bucket: .minute), asOf: question.asOf) {
            guard let time = row.time else { continue }
            times[by.map { row[$0]?.text ?? "-" }.joined(separator: ", "), default: []].append(time)
        }
        let numbers: Set<String> = ["times", "every_s", "hour", "probability"]
        var table = AnalysisTable(
            nil, ["name", "times", "first", "last", "every_s", "hour", "weekday", "probability"], numbers: numbers,
            empty: "no recurring patterns")
        for (name, moments) in times.sorted(by: { $0.key < $1.key }) {
            guard let found = Recurrence(moments), found.isPattern else { continue }
            table.add([
                .string(name), .count(found.count), .string(found.first.text), .string(found.last.text), .number(found.every),
                .number(found.hour), .words(found.weekday.map { Plain.weekdays[$0 - 1] }), .number(found.probability),
            ])
        }
        return AnalysisAnswer(table)
    }

    /// States that change too often.
    static func flapping(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        let signals = question.texts("signal").isEmpty ? ["integration.health"] : question.texts("signal")
        let state = question.text("state") ?? "status"
        let by = question.by.first ?? (question.texts("signal").isEmpty ? "channel_name" : "component")
        var filter = LogFilter()
        filter.signals = signals
        filter.conditions = question.conditions
        (filter.from, filter.to) = (question.from, question.to)
        var states: [String: [(time: Timestamp, state: String)]] = [:]
        try rows.events(filter) { event in
            guard let value = event[attribute: state] else { return }
            let name = by == "component" ? event.component : event[attribute: by].map { Self.text($0) }
            states[name ?? "-", default: []].append((event.time, Self.text(value)))
        }
        let numbers: Set<String> = ["reports", "changes", "percent"]
        var table = AnalysisTable(
            nil, ["name", "flapping", "reports", "changes", "percent", "ever", "state"], numbers: numbers, empty: "no states")
        for (name, reports) in states.sorted(by: { $0.key < $1.key }) {
            var detector = FlapDetector()
            var since: Timestamp?
            for report in reports.sorted(by: { $0.time < $1.time }) {
                detector.next(report.state)
                if detector.isFlapping, since == nil { since = report.time }
            }
            table.add([
                .string(name), .bool(detector.isFlapping), .count(reports.count), .count(detector.total),
                .number(detector.percent), .words(since?.text), .words(reports.max { $0.time < $1.time }?.state),
            ])
        }
        return AnalysisAnswer(table)
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .string(let text): text
        default: "\(value)"
        }
    }

    /// How well deviations of a column announced failures (B44): rises of another column.
    static func precursors(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        let target = try question.need("target")
        let parts = target.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw AnalysisError(.usage, "target must be VIEW.COLUMN") }
        let horizon = try question.duration("horizon", 6 * 3_600_000_000_000)
        var failing = question
        (failing.view, failing.column, failing.by) = (parts[0], parts[1], [])
        let falls = Polarities.of(parts[0], parts[1]) == .higherIsBetter
        let failures = try rows.series(failing).flatMap { one in
            RobustRun.find(one.points).filter { $0.isRise != falls }.map { $0.start...$0.end }
        }
        let numbers: Set<String> = ["alarms", "hits", "precision", "chance", "probability", "announced", "failures", "lead_s"]
        var table = AnalysisTable(
            nil,
            [
                "name", "alarms", "hits", "precision", "chance", "probability", "announced", "failures", "lead_s", "pending",
            ], numbers: numbers)
        for one in try rows.series(question) {
            let found = Precursor(one.points, failures: failures, horizon: Double(horizon) / 1e9)
            table.add([
                .string(one.name ?? question.column ?? "-"), .count(found.alarms), .count(found.hits), .number(found.precision),
                .number(found.chance), .number(found.probability), .count(found.announced), .count(found.failures),
                .number(found.lead), .words(found.pending?.text),
            ])
        }
        let sentence =
            "\(failures.count) failures of \(target); an alarm announces one that begins within "
            + Plain.duration(Double(horizon) / 1e9)
        return AnalysisAnswer(table, lines: [sentence])
    }
}
