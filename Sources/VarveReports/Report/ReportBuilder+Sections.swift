internal import VarveAnalysis
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections

extension ReportBuilder {
    /// Events now and before, with a chart of both.
    func volume() throws -> (sentence: String, section: ReportSection) {
        func counts(_ range: Range<Timestamp>?) throws -> [SeriesPoint] {
            guard let range else { return [] }
            let found = try rows.query(question(range).query([], by: [], bucket: .hour), asOf: asOf)
            return Insights.series(found.compactMap { row in row.time.map { ($0, Int(row["count"]?.int ?? 0)) } }, range, .hour)
        }
        let (now, then) = (try counts(range), try counts(against))
        func total(_ points: [SeriesPoint]) -> Double { points.reduce(0) { $0 + ($1.value ?? 0) } }
        var sentence = "\(Plain.grouped(total(now))) events"
        if let against, total(then) > 0 {
            let lengths = [range, against].map { Double($0.upperBound.nanoseconds &- $0.lowerBound.nanoseconds) }
            let change = 100 * (total(now) / lengths[0] / (total(then) / lengths[1]) - 1)
            sentence += ", \(Plain.fixed(abs(change), 1)) % \(change < 0 ? "fewer" : "more") than in the time before"
        }
        sentence += "."
        guard let first = now.first?.time else { return (sentence, ReportSection("volume", "Volume", [sentence])) }
        var series = [ChartSeries("events", now.map(\.value))]
        if !then.isEmpty { series.append(ChartSeries("before", then.prefix(now.count).map(\.value), isGhost: true)) }
        let chart = Chart(
            id: "volume", title: "Events", note: "per hour, UTC", summary: sentence, kind: .area, unit: .count,
            start: first.nanoseconds, step: 3_600_000_000_000, series: series)
        return (
            sentence,
            ReportSection("volume", "Volume", [sentence], links: [("volume", link("/views/volume", range))], charts: [chart])
        )
    }

    func errorSentence(_ errors: ErrorAnalysis) throws -> String {
        var sentence = "\(Plain.grouped(Double(errors.total))) errors"
        if let against {
            var earlier = 0
            for row in try rows.errors(question(against), bucket: .day) { earlier += row.count }
            sentence += " (\(Plain.grouped(Double(earlier))) in the time before)"
        }
        if let top = errors.groups.first { sentence += ", most often “\(top.message)” at \(top.path)" }
        return sentence + "."
    }

    func errorSection(_ errors: ErrorAnalysis) -> ReportSection {
        var top = errors.top
        top.rows = Array(top.rows.prefix(8))
        return ReportSection(
            "errors", "Errors", ["\(Plain.grouped(Double(errors.total))) errors in this time."],
            tables: [top, errors.insights.spikes], links: [("errors", link("/errors", errors.range))])
    }
}
