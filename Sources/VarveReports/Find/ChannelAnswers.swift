internal import VarveAnalysis
internal import VarveCatalog
internal import VarveEvents
internal import VarveProjections
internal import VarveViews

/// Success rates by channel, now and before (F12, F13).
enum ChannelAnswers {
    /// Of a ratio of a view by its dimensions; without a view, of print channels and connected services.
    static func degradation(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        let range = try question.range(rows)
        let length = range.upperBound.nanoseconds &- range.lowerBound.nanoseconds
        let recent = try question.duration("recent", min(86_400_000_000_000, max(1, length / 4)))
        let border = max(range.lowerBound, range.upperBound.moved(-recent))
        let windows = [range.lowerBound..<border, border..<range.upperBound]
        var counts: [ChannelDegradation.Counts]
        if let name = question.view {
            counts = try ofView(rows, name, question, windows)
        } else {
            counts = try orders(rows, question, windows) + services(rows, question, windows)
        }
        counts.removeAll { $0.attemptsBefore == 0 && $0.attemptsAfter == 0 }
        let numbers: Set<String> = ["before", "after", "attempts_before", "attempts_after", "others", "probability"]
        var table = AnalysisTable(
            nil, ["channel", "verdict", "before", "after", "attempts_before", "attempts_after", "others", "probability"],
            numbers: numbers)
        for row in ChannelDegradation.compare(counts) {
            table.add([
                .string(row.channel), .string(row.verdict.rawValue), .number(row.before), .number(row.after),
                .count(row.attemptsBefore), .count(row.attemptsAfter), .number(row.others), .number(row.probability),
            ])
        }
        let sentence = "after: from \(Plain.moment(border)) to \(Plain.moment(range.upperBound)) UTC; before: all earlier"
        return AnalysisAnswer(table, lines: [sentence])
    }

    private static func ofView(
        _ rows: AnalysisRows, _ name: String, _ question: AnalysisQuestion, _ windows: [Range<Timestamp>]
    ) throws -> [ChannelDegradation.Counts] {
        let view = try rows.mergeable(name)
        let ratios = view.derived.filter { if case .ratio = $0.formula { true } else { false } }
        guard let ratio = question.column.map({ name in ratios.first { $0.name == name } }) ?? ratios.first,
            case .ratio(let parts, let whole) = ratio.formula
        else { throw AnalysisError(.usage, "view \(name) has no such ratio", next: "it has: \(ratios.map(\.name))") }
        let polarity = try question.choice("polarity", Polarities.of(name, ratio.name))
        let by = question.by.isEmpty ? view.dimensions.prefix(1).map(\.name) : question.by
        let answers = try rows.answers(
            windows.map { window in
                ViewRequest(
                    .mergeable(view), asOf: question.asOf, bucket: .all, by: by,
                    where: question.conditions.map { DimensionFilter($0) }, from: window.lowerBound, to: window.upperBound)
            })
        func sums(_ row: ViewRow) -> (Int, Int) {
            let all = whole.reduce(0.0) { $0 + (row[$1]?.number ?? 0) }
            let part = parts.reduce(0.0) { $0 + (row[$1]?.number ?? 0) }
            let good = polarity == .lowerIsBetter ? all - part : part
            return (Int(max(0, min(good, 9e15))), Int(max(0, min(all, 9e15))))
        }
        return joined(
            answers.map { answer in
                answer.rows.map { row in (by.map { row[$0]?.text ?? "-" }.joined(separator: ", "), sums(row)) }
            })
    }

    private static func joined(_ windows: [[(String, (Int, Int))]]) -> [ChannelDegradation.Counts] {
        let before = Dictionary(windows[0]) { first, _ in first }
        let after = Dictionary(windows[1]) { first, _ in first }
        return Set(before.keys).union(after.keys).sorted().map { name in
            let (earlier, later) = (before[name] ?? (0, 0), after[name] ?? (0, 0))
            return ChannelDegradation.Counts(
                channel: name, successesBefore: earlier.0, attemptsBefore: earlier.1, successesAfter: later.0,
                attemptsAfter: later.1)
        }
    }

    private static func query(
        _ rows: AnalysisRows, _ question: AnalysisQuestion, _ signal: String, _ by: String, _ window: Range<Timestamp>,
        _ measures: [QueryMeasure], _ condition: FieldCondition? = nil
    ) throws -> [ViewRow] {
        var request = question.query([signal], by: [by], bucket: .all, measures)
        (request.from, request.to) = (window.lowerBound, window.upperBound)
        if let condition { request.conditions.append(condition) }
        return try rows.query(request, asOf: question.asOf)
    }

    /// Print channels report totals that only grow: what a window adds is its greatest less what came before.
    private static func orders(
        _ rows: AnalysisRows, _ question: AnalysisQuestion, _ windows: [Range<Timestamp>]
    ) throws -> [ChannelDegradation.Counts] {
        let fields = ["successful_orders", "total_orders"]
        let measures = fields.flatMap { [QueryMeasure(.min, of: $0), QueryMeasure(.max, of: $0)] }
        func number(_ row: ViewRow, _ name: String) -> Int { Int(max(0, min(row[name]?.number ?? 0, 9e15))) }
        var tops: [String: (Int, Int)] = [:]
        var parts: [[(String, (Int, Int))]] = []
        for (place, window) in windows.enumerated() {
            var part: [(String, (Int, Int))] = []
            for row in try query(rows, question, "pod.result", "channel", window, measures) {
                let name = row["channel"]?.text ?? "-"
                let top = (number(row, "max_successful_orders"), number(row, "max_total_orders"))
                let least = (number(row, "min_successful_orders"), number(row, "min_total_orders"))
                let base = place == 0 ? least : tops[name] ?? least
                part.append((name, (max(0, top.0 - base.0), max(0, top.1 - base.1))))
                tops[name] = top
            }
            parts.append(part)
        }
        return joined(parts)
    }

    private static func services(
        _ rows: AnalysisRows, _ question: AnalysisQuestion, _ windows: [Range<Timestamp>]
    ) throws -> [ChannelDegradation.Counts] {
        let field = "channel_name"
        var parts: [[(String, (Int, Int))]] = []
        for window in windows {
            let healthy = FieldCondition("status", .equal, "healthy")
            let good = try query(rows, question, "integration.health", field, window, [.count], healthy)
            let counts = Dictionary(good.map { ($0[field]?.text ?? "-", Int($0["count"]?.int ?? 0)) }) { first, _ in first }
            parts.append(
                try query(rows, question, "integration.health", field, window, [.count]).map { row in
                    let name = row[field]?.text ?? "-"
                    return (name, (counts[name] ?? 0, Int(row["count"]?.int ?? 0)))
                })
        }
        return joined(parts)
    }
}

/// Whether more of a view's column is good, by the catalog's bounds, else by its name.
enum Polarities {
    static func of(_ view: String, _ column: String) -> Polarity {
        if let bounds = Catalog.view(view)?.bounds[column] {
            let comparison = bounds.alert.map { $0.comparison }
            if comparison == .greater || comparison == .greaterOrEqual { return .lowerIsBetter }
            if comparison == .less || comparison == .lessOrEqual { return .higherIsBetter }
            let healthy = bounds.healthy.map { $0.comparison }
            if healthy == .less || healthy == .lessOrEqual { return .lowerIsBetter }
            if healthy == .greater || healthy == .greaterOrEqual { return .higherIsBetter }
        }
        let bad = ["error", "fail", "rollback", "slow", "timeout", "_ms", "latency", "duration"]
        let good = ["success", "uptime", "healthy", "recover", "resilience"]
        if good.contains(where: column.contains) { return .higherIsBetter }
        return bad.contains(where: column.contains) ? .lowerIsBetter : .neutral
    }
}
