internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections

/// What failures cost, and where time goes.
enum CostAnswers {
    /// Money by failure (B47): prices are `SIGNAL=MONEY`.
    static func costs(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        var prices: [(signal: String, price: Double)] = []
        for text in question.texts("price") {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let price = Double(parts[1]), price.isFinite, price >= 0 else {
                throw AnalysisError(.usage, "price must be SIGNAL=MONEY, such as retry.failure=2.50")
            }
            prices.append((parts[0], price))
        }
        guard !prices.isEmpty else { throw AnalysisError(.usage, "no failure has a price: give price SIGNAL=MONEY") }
        let by = question.by.first ?? "component"
        let range = try question.range(rows)
        let days = (Double(range.upperBound.nanoseconds) - Double(range.lowerBound.nanoseconds)) / 86_400e9
        var all: [FailureCost] = []
        for (signal, price) in prices {
            var counts: [String: [Double]] = [:]
            for row in try rows.query(question.query([signal], by: [by], bucket: .day), asOf: question.asOf) {
                counts[row[by]?.text ?? "-", default: []].append(row["count"]?.number ?? 0)
            }
            for (place, perDay) in counts {
                let empty = max(0, Int(days.rounded(.up)) - perDay.count)
                let sorted = (perDay + [Double](repeating: 0, count: min(empty, 100_000))).sorted()
                let usual = sorted.count >= 5 ? sorted[sorted.count / 2] * days : nil
                let count = Int(min(perDay.reduce(0, +), 9e15))
                all.append(FailureCost(name: signal, place: place, count: count, price: price, usual: usual))
            }
        }
        let ordered = FailureCost.ordered(all)
        let currency = question.text("currency") ?? ""
        let numbers: Set<String> = ["failures", "price", "cost", "excess"]
        var table = AnalysisTable(nil, ["failure", by, "failures", "price", "cost", "excess"], numbers: numbers)
        for one in ordered {
            table.add([
                .string(one.name), .string(one.place), .count(one.count), .number(one.price), .number(one.cost),
                .number(one.excess),
            ])
        }
        let total = ordered.reduce(0) { $0 + $1.cost }
        let excess = ordered.compactMap(\.excess).filter { $0 > 0 }.reduce(0, +)
        return AnalysisAnswer(
            table,
            lines: [
                "total \(Plain.number(total)) \(currency), of it \(Plain.number(excess)) \(currency) beyond a usual day"
                    .replacing("  ", with: " ").replacing(" ,", with: ",")
            ])
    }

    /// What is timed, and by which field it is told apart (C70, M52).
    private static let timed: [(kind: String, signals: [String], field: String)] = [
        ("route", ["http.request"], "path"), ("query", ["db.query"], "query"), ("span", ["otel.span"], "name"),
        ("action", ["optimistic_action.success", "optimistic_action.rollback"], "component"),
        ("page", ["page.load"], "url"), ("view", ["audit.view"], "view"),
    ]

    /// The routes, queries, spans and actions that take the most time.
    static func profile(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> AnalysisAnswer {
        let numbers: Set<String> = ["count", "total_ms", "mean_ms", "p95_ms", "share", "cumulative"]
        var table = AnalysisTable(
            nil, ["kind", "name", "count", "total_ms", "mean_ms", "p95_ms", "share", "cumulative"], numbers: numbers)
        let top = try question.number("top", 10, in: 1...1_000)
        for (kind, one) in try shares(rows, question) {
            for row in one.prefix(top) {
                table.add([
                    .string(kind), .string(row.name), .count(row.count), .number(row.total), .number(row.mean), .number(row.p95),
                    .number(row.share), .number(row.cumulative),
                ])
            }
        }
        return AnalysisAnswer(table)
    }

    /// Of each kind, the most time first.
    static func shares(_ rows: AnalysisRows, _ question: AnalysisQuestion) throws -> [(kind: String, rows: [TimeShare])] {
        let sum = QueryMeasure(.sum, of: "duration_ms")
        let p95 = QueryMeasure(.quantile(millionths: 950_000), of: "duration_ms")
        let known = try rows.signals()
        var found: [(kind: String, rows: [TimeShare])] = []
        for (kind, signals, field) in timed where signals.contains(where: known.contains) {
            let request = question.query(signals, by: [field], bucket: .all, [.count, sum, p95])
            let all = try rows.query(request, asOf: question.asOf).compactMap { row -> TimeShare? in
                guard let total = row[sum.column]?.number, total > 0 else { return nil }
                return TimeShare(
                    name: row[field]?.text ?? "-", count: Int(row["count"]?.int ?? 0), total: total, p95: row[p95.column]?.number)
            }
            if !all.isEmpty { found.append((kind, TimeShare.profile(all))) }
        }
        return found
    }
}
