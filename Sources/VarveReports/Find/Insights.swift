internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections

/// What stands out in a range (A66): more errors than expected, slower answers, and other unusual counts.
struct Insights {
    /// A deviation of a named series.
    struct Finding {
        var kind: String
        var name: String
        var span: DeviationSpan
    }

    private(set) var spikeFindings: [Finding] = []
    private(set) var slowFindings: [Finding] = []
    private(set) var volumeFindings: [Finding] = []
    private(set) var shares: [(field: String, change: ShareChange)] = []
    private(set) var lasting: [(name: String, regression: PerformanceRegression)] = []
    /// Where the recent part of the range begins: its last quarter, a day at most.
    let recent: Timestamp

    /// Series of a kind that are examined: the largest.
    private static let seriesMax = 200
    private static let countOfHour = 20.0

    init(
        _ source: AnalysisRows, _ question: AnalysisQuestion, _ range: Range<Timestamp>, _ bucket: BucketLevel,
        _ errors: [ErrorRow]
    ) throws {
        let length = range.upperBound.nanoseconds &- range.lowerBound.nanoseconds
        recent = range.upperBound.moved(-min(86_400_000_000_000, max(0, length / 4)))
        let places = Dictionary(grouping: errors, by: \.path).mapValues { $0.map { ($0.time, $0.count) } }
        spikeFindings = Self.deviations("errors", places, range, bucket).filter(\.span.isRise)
        try examineTimes(source, question, range, bucket)
        try examineVolume(source, question, range, bucket)
    }

    private mutating func examineTimes(
        _ source: AnalysisRows, _ question: AnalysisQuestion, _ range: Range<Timestamp>, _ bucket: BucketLevel
    ) throws {
        let p95 = QueryMeasure(.quantile(millionths: 950_000), of: "duration_ms")
        var places: [String: [Timestamp: Double]] = [:]
        for field in ["component", "path"] {
            for row in try source.query(question.query([], by: [field], bucket: bucket, [.count, p95])) {
                guard let name = row[field]?.text, let time = row.time, let value = row[p95.column]?.number,
                    (row["count"]?.number ?? 0) >= Self.countOfHour
                else { continue }
                places[name, default: [:]][time] = value
            }
        }
        let largest = places.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(Self.seriesMax)
        for (name, values) in largest {
            let points = Self.buckets(range, bucket).map { SeriesPoint(time: $0, value: values[$0]) }
            for span in DeviationSpan.find(points, sensitivity: .low)
            where span.isRise && span.value >= PerformanceRegression.ratioLimit * max(span.expected, 1e-9) {
                slowFindings.append(Finding(kind: "slower", name: name, span: span))
            }
            let before = points.filter { $0.time < recent }.compactMap(\.value)
            let after = points.filter { $0.time >= recent }.compactMap(\.value)
            if let found = PerformanceRegression(before: before, after: after) { lasting.append((name, found)) }
        }
        slowFindings.sort { ($0.span.start, $0.name) < ($1.span.start, $1.name) }
        lasting.sort { ($1.regression.ratio, $0.name) < ($0.regression.ratio, $1.name) }
    }

    private mutating func examineVolume(
        _ source: AnalysisRows, _ question: AnalysisQuestion, _ range: Range<Timestamp>, _ bucket: BucketLevel
    ) throws {
        for field in ["signal", "component"] {
            var places: [String: [(Timestamp, Int)]] = [:]
            var before: [String: Int] = [:]
            var after: [String: Int] = [:]
            for row in try source.query(question.query([], by: [field], bucket: bucket)) {
                guard let name = row[field]?.text, let time = row.time, let count = row["count"]?.int else { continue }
                places[name, default: []].append((time, Int(count)))
                if time < recent { before[name, default: 0] += Int(count) } else { after[name, default: 0] += Int(count) }
            }
            volumeFindings += Self.deviations(field, places, range, bucket)
            shares += ShareChange.find(before: before, after: after).map { (field, $0) }
        }
        volumeFindings.sort { ($0.span.start, $0.name) < ($1.span.start, $1.name) }
    }

    private static func deviations(
        _ kind: String, _ places: [String: [(Timestamp, Int)]], _ range: Range<Timestamp>, _ bucket: BucketLevel
    ) -> [Finding] {
        var found: [Finding] = []
        let sizes = places.mapValues { $0.reduce(0) { $0 + $1.1 } }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (name, _) in sizes.prefix(seriesMax) {
            let points = series(places[name] ?? [], range, bucket)
            found += DeviationSpan.find(points, sensitivity: .low).map { Finding(kind: kind, name: name, span: $0) }
        }
        return found.sorted { ($0.span.start, $0.name) < ($1.span.start, $1.name) }
    }

    /// The starts of the buckets of a range, a million at most.
    static func buckets(_ range: Range<Timestamp>, _ bucket: BucketLevel) -> [Timestamp] {
        guard let step = bucket.nanoseconds, let start = bucket.start(of: bucket.bucket(of: range.lowerBound.nanoseconds)) else {
            return []
        }
        return stride(from: start, to: range.upperBound.nanoseconds, by: Int(step)).prefix(1_000_000)
            .map { Timestamp(nanoseconds: $0) }
    }

    /// Counts by bucket, with a zero where there is none.
    static func series(_ counts: [(Timestamp, Int)], _ range: Range<Timestamp>, _ bucket: BucketLevel) -> [SeriesPoint] {
        var sums: [Timestamp: Int] = [:]
        for (time, count) in counts { sums[time, default: 0] += count }
        return buckets(range, bucket).map { SeriesPoint(time: $0, value: Double(sums[$0] ?? 0)) }
    }

    // MARK: Tables

    var spikes: AnalysisTable {
        var table = AnalysisTable(
            "error spikes", ["path", "time", "end", "errors", "expected", "score"], numbers: ["errors", "expected", "score"],
            empty: "no error spikes")
        for one in spikeFindings { table.add([.string(one.name)] + Self.cells(one.span)) }
        return table
    }

    var regressions: AnalysisTable {
        var table = AnalysisTable(
            "slower than before (p95)", ["name", "time", "end", "before_ms", "after_ms", "ratio", "lasting"],
            numbers: ["before_ms", "after_ms", "ratio"], empty: "no performance regressions")
        for one in lasting {
            table.add([
                .string(one.name), .string(recent.text), .null, .number(one.regression.before), .number(one.regression.after),
                .number(one.regression.ratio), .bool(true),
            ])
        }
        for one in slowFindings {
            let span = one.span
            table.add([
                .string(one.name), .string(span.start.text), .string(span.end.text), .number(span.expected), .number(span.value),
                .number(span.expected > 0 ? span.value / span.expected : nil), .bool(false),
            ])
        }
        return table
    }

    var patterns: AnalysisTable {
        var table = AnalysisTable(
            "unusual patterns", ["kind", "field", "name", "time", "end", "value", "expected", "score"],
            numbers: ["value", "expected", "score"], empty: "no unusual patterns")
        for one in shares {
            table.add([
                .string("\(one.change.kind.rawValue) share"), .string(one.field), .string(one.change.name),
                .string(recent.text), .null, .number(one.change.shareAfter), .number(one.change.shareBefore), .null,
            ])
        }
        for one in volumeFindings {
            table.add([.string(one.span.isRise ? "rise" : "drop"), .string(one.kind), .string(one.name)] + Self.cells(one.span))
        }
        return table
    }

    private static func cells(_ span: DeviationSpan) -> [ViewValue] {
        [
            .string(span.start.text), .string(span.end.text), .number(span.value), .number(span.expected), .number(span.score),
        ]
    }
}
