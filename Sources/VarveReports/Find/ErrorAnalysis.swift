internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections
internal import VarveWire

/// Errors by message, path, status and time (A65, A89), and what stands out among them and in response times (A66).
struct ErrorAnalysis {
    struct Group {
        var message: String
        var path: String
        var status: String?
        var count: Int
        var first: Timestamp
        var last: Timestamp
    }

    let rows: [ErrorRow]
    let range: Range<Timestamp>
    let bucket: BucketLevel
    private(set) var groups: [Group] = []
    var insights: Insights

    /// Groups that are shown.
    static let shown = 20

    init(_ source: AnalysisRows, _ question: AnalysisQuestion) throws {
        range = try question.range(source)
        let days = (Double(range.upperBound.nanoseconds) - Double(range.lowerBound.nanoseconds)) / 86_400e9
        bucket = question.bucket ?? (days > 400 ? .day : .hour)
        guard bucket.nanoseconds != nil else { throw AnalysisError(.usage, "bucket must be minute, hour or day") }
        rows = try source.errors(question, bucket: bucket)
        insights = try Insights(source, question, range, bucket, rows)
        var places: [[String]: Int] = [:]
        for row in rows {
            let key = [row.message, row.path, row.status ?? ""]
            if let place = places[key] {
                groups[place].count += row.count
                groups[place].first = min(groups[place].first, row.time)
                groups[place].last = max(groups[place].last, row.time)
            } else {
                places[key] = groups.count
                groups.append(
                    Group(
                        message: row.message, path: row.path, status: row.status, count: row.count, first: row.time,
                        last: row.time))
            }
        }
        groups.sort { ($1.count, $0.message, $0.path) < ($0.count, $1.message, $1.path) }
    }

    var total: Int { rows.reduce(0) { $0 + $1.count } }

    func counts(_ key: (ErrorRow) -> String?) -> [(name: String, count: Int)] {
        var sums: [String: Int] = [:]
        for row in rows { if let name = key(row) { sums[name, default: 0] += row.count } }
        return sums.map { (name: $0.key, count: $0.value) }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// All errors by bucket, with zeros.
    var overTime: [SeriesPoint] { Insights.series(rows.map { ($0.time, $0.count) }, range, bucket) }

    func answer() -> AnalysisAnswer {
        let trend = SeriesAnswers.trend(NamedSeries(points: overTime), 0.95)
        var line = JSONLine()
        line.field("from", range.lowerBound.text)
        line.field("to", range.upperBound.text)
        line.field("totalErrors", total)
        line.field("uniqueMessages", Set(rows.map(\.message)).count)
        line.field("topErrors", json: top.json)
        line.field("byMessage", json: Self.object(counts(\.message)))
        line.field("byPath", json: Self.object(counts(\.path)))
        line.field("byStatus", json: Self.object(counts(\.status)))
        let moments = overTime.map { point in
            var object = JSONLine()
            object.field("time", point.time.text)
            object.field("errors", point.value.map { Int($0) })
            return object.text
        }
        line.field("overTime", json: JSONLine.array(moments))
        line.field("trends", json: trend.map(object) ?? "null")
        line.field("errorSpikes", json: insights.spikes.json)
        line.field("performanceRegression", json: insights.regressions.json)
        line.field("unusualPatterns", json: insights.patterns.json)
        var sentences = [
            "\(Plain.grouped(Double(total))) errors from \(Plain.moment(range.lowerBound)) "
                + "to \(Plain.moment(range.upperBound)) UTC"
        ]
        if let trend {
            sentences.append("trend: \(Plain.number(trend.senSlope * perDay)) errors a day more each day (\(direction(trend)))")
        }
        return AnalysisAnswer(
            .object(line.text), [top, insights.spikes, insights.regressions, insights.patterns], lines: sentences)
    }

    /// Buckets in a day: slopes are of one bucket.
    private var perDay: Double { 86_400e9 / Double(bucket.nanoseconds ?? 1) }

    private func direction(_ trend: Trend) -> String {
        trend.kendallProbability < 0.05 ? (trend.kendallScore > 0 ? "rising" : "falling") : "no clear direction"
    }

    private func object(_ trend: Trend) -> String {
        var line = JSONLine()
        line.field("perBucketAndDay", trend.senSlope)
        line.field("low", trend.senLow)
        line.field("high", trend.senHigh)
        line.field("probability", trend.kendallProbability)
        line.field("direction", direction(trend))
        return line.text
    }

    var top: AnalysisTable {
        var table = AnalysisTable(
            "most frequent errors", ["message", "path", "status", "count", "share", "first", "last"],
            numbers: ["count", "share"], empty: "no errors")
        let total = Double(max(1, total))
        for group in groups.prefix(Self.shown) {
            table.add([
                .string(group.message), .string(group.path), .words(group.status), .count(group.count),
                .number(Double(group.count) / total), .string(group.first.text), .string(group.last.text),
            ])
        }
        return table
    }

    private static func object(_ counts: [(name: String, count: Int)]) -> String {
        var line = JSONLine()
        for one in counts.prefix(1_000) { line.field(one.name, one.count) }
        return line.text
    }
}
