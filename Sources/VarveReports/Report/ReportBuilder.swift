internal import VarveAnalysis
internal import VarveCatalog
internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveViews

/// Makes a report from the rows of a range: incidents, numbers beside those of the time before, errors, who was affected, what to
/// do.
struct ReportBuilder {
    let kind: ReportKind
    let rows: AnalysisRows
    let asOf: AsOf?
    let range: Range<Timestamp>
    let against: Range<Timestamp>?
    private let offset: UInt64
    /// Metrics from up to four weeks before the range, so that the detector knows what is usual.
    let metrics: [HealthMetric]
    let incidents: [FoundIncident]

    static let day: Int64 = 86_400_000_000_000

    init(_ kind: ReportKind, _ rows: AnalysisRows, from: Timestamp?, to: Timestamp?, asOf: AsOf?) throws {
        (self.kind, self.rows, self.asOf) = (kind, rows, asOf)
        guard let span = try rows.span() else { throw AnalysisError(.failure, "the log is empty") }
        // No further than a day beyond the events.
        let end = min(to ?? span.last.moved(1), span.last.moved(Self.day))
        let length: Int64? = kind == .daily ? Self.day : kind == .weekly ? 7 * Self.day : nil
        let start = max(from ?? length.map { end.moved(-$0) } ?? span.first, span.first.moved(-7 * Self.day))
        guard start < end else { throw AnalysisError(.failure, "there are no events in that range") }
        range = start..<end
        let (whole, isTooLong) = end.nanoseconds.subtractingReportingOverflow(start.nanoseconds)
        let before = isTooLong ? span.first : start.moved(-whole)
        against = before >= span.first || span.first < start ? max(before, span.first)..<start : nil
        offset = try rows.reader.durable().value
        let early = max(span.first, start.moved(-28 * Self.day))
        metrics = try HealthMetric.read(rows, min(early, start)..<end, asOf: asOf)
        incidents = FoundIncident.find(metrics).filter { $0.end > start && $0.start < end }
    }

    func build() throws -> Report {
        switch kind {
        case .daily, .weekly: return try overview()
        case .incident: return try incident()
        case .optimization: return try optimization()
        }
    }

    private func report(
        _ title: String, _ summary: [String], _ sections: [ReportSection], _ actions: [ReportAction]
    ) -> Report {
        Report(
            kind: kind, title: title, range: range, against: against, offset: offset, summary: summary, sections: sections,
            actions: ReportAction.prioritized(actions))
    }

    /// The largest incidents first.
    private var ranked: [FoundIncident] { incidents.sorted { ($1.score, $0.start) < ($0.score, $1.start) } }

    // MARK: Daily and weekly

    private func overview() throws -> Report {
        let largest = Array(ranked.prefix(3))
        var summary: [String] = []
        for one in largest {
            let affected = try affected(one)
            summary.append(one.sentence + ". " + affected.sentence)
        }
        if largest.isEmpty { summary.append("No metric with a limit left its expected range in the bad direction.") }
        let volume = try volume()
        summary.append(volume.sentence)
        summary += worse.prefix(3)
        let errors = try ErrorAnalysis(rows, question(range))
        if errors.total > 0 { summary.append(try errorSentence(errors)) }
        var sections: [ReportSection] = []
        for (number, one) in largest.enumerated() { sections.append(try section(of: one, number: number + 1)) }
        sections.append(numbers)
        sections.append(volume.section)
        sections.append(errorSection(errors))
        let title = "\(kind == .daily ? "Daily" : "Weekly") report: \(rangeText)"
        return report(title, summary, sections, try actions(largest))
    }

    var rangeText: String { "\(Plain.moment(range.lowerBound)) to \(Plain.moment(range.upperBound)) UTC" }

    // MARK: Incident

    private func incident() throws -> Report {
        guard let one = ranked.first else {
            return report(
                "No incident: \(rangeText)",
                ["No metric with a limit left its expected range in the bad direction in this time."], [numbers], [])
        }
        let affected = try affected(one)
        var summary = [one.sentence + ".", affected.sentence]
        let others = ranked.dropFirst()
        if !others.isEmpty {
            summary.append(
                "\(others.count) smaller deviation\(others.count == 1 ? "" : "s") in this time: "
                    + others.prefix(5).map { "\(Plain.moment($0.start)) (\($0.main.metric.name))" }.joined(separator: ", ") + ".")
        }
        var sections = [try section(of: one, number: 1)]
        sections.append(affected.section)
        let asked = question(Self.around(one, hours: 0))
        sections.append(errorSection(try ErrorAnalysis(rows, asked)))
        let title = "Incident of \(Plain.moment(one.start)) to \(Plain.moment(one.end)) UTC"
        return report(title, summary, sections, try actions([one]))
    }

    static func around(_ incident: FoundIncident, hours: Int64) -> Range<Timestamp> {
        let margin = hours * 3_600_000_000_000
        return incident.start.moved(-margin)..<incident.end.moved(margin)
    }

    // MARK: Optimization

    private func optimization() throws -> Report {
        let all = ReportAction.prioritized(try actions(Array(ranked.prefix(3))))
        var summary = all.prefix(5).enumerated().map { "\($0.offset + 1). \($0.element.text)" }
        if summary.isEmpty { summary.append("Nothing is beyond its limit in this time.") }
        let profile = try CostAnswers.profile(rows, question(range))
        let time = ReportSection(
            "profile", "Where the time goes", ["The sum of all durations by name, the largest of each kind first."],
            tables: profile.tables, links: [("profile", link("/api/v1/analyze/profile", range))])
        return report("What to improve: \(rangeText)", summary, [time, numbers], all)
    }

    // MARK: Common

    func question(_ range: Range<Timestamp>) -> AnalysisQuestion {
        var question = AnalysisQuestion()
        (question.from, question.to, question.asOf) = (range.lowerBound, range.upperBound, asOf)
        return question
    }

    func link(_ path: String, _ range: Range<Timestamp>) -> String {
        "\(path)\(path.contains("?") ? "&" : "?")from=\(range.lowerBound.text)&to=\(range.upperBound.text)"
    }

    /// Which metrics got worse, in sentences, the largest change first.
    private var worse: [String] {
        compared.filter { $0.verdict == "worse" && abs($0.change ?? 0) >= 10 }
            .sorted { abs($0.change ?? 0) > abs($1.change ?? 0) }
            .map { row in
                let (before, after) = (row.metric.text(row.before ?? 0), row.metric.text(row.after))
                return "\(row.metric.name) got worse: from \(before) to \(after) on average."
            }
    }

    struct Compared {
        var metric: HealthMetric
        var before: Double?
        var after: Double
        var change: Double?
        var verdict: String
        var worst: SeriesPoint?
    }

    var compared: [Compared] {
        metrics.compactMap { metric in
            func values(_ range: Range<Timestamp>?) -> [Double] {
                guard let range else { return [] }
                return metric.whole.filter { range.contains($0.time) }.compactMap(\.value)
            }
            let (now, then) = (values(range), values(against))
            guard !now.isEmpty else { return nil }
            let after = now.reduce(0, +) / Double(now.count)
            let before = then.isEmpty ? nil : then.reduce(0, +) / Double(then.count)
            let inRange = metric.whole.filter { range.contains($0.time) && $0.value != nil }
            let worst = inRange.max { left, right in
                let (a, b) = (left.value ?? 0, right.value ?? 0)
                return metric.polarity == .higherIsBetter ? a > b : a < b
            }
            let change = before.flatMap { $0 == 0 ? nil : 100 * (after - $0) / abs($0) }
            // Less than two percent is no change.
            let verdict = change.map { abs($0) < 2 ? "same" : metric.polarity.verdict($0) } ?? "new"
            return Compared(metric: metric, before: before, after: after, change: change, verdict: verdict, worst: worst)
        }
    }

    var numbers: ReportSection {
        var table = AnalysisTable(
            nil, ["metric", "state", "now", "before", "change", "verdict", "worst_hour", "worst"], numbers: [],
            empty: "no metric with a limit has data")
        for row in compared {
            let state = row.metric.bounds.state(of: row.after)
            table.add([
                .string(row.metric.name), .words(state?.rawValue), .string(row.metric.text(row.after)),
                .words(row.before.map(row.metric.text)),
                .words(row.change.map { ($0 > 0 ? "+" : "") + Plain.fixed($0, 1) + " %" }),
                .string(row.verdict), .words(row.worst.map { Plain.moment($0.time) }),
                .words(row.worst?.value.map(row.metric.text)),
            ])
        }
        let compared = against.map {
            "Means of the hours, beside those from \(Plain.moment($0.lowerBound)) to \(Plain.moment($0.upperBound)) UTC."
        }
        return ReportSection(
            "numbers", "Numbers with limits", [compared ?? "There are no earlier events to compare with."], tables: [table],
            links: [("all metrics", "/operations")])
    }
}
