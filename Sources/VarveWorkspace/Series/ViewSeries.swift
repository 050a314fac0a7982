internal import VarveCatalog
internal import VarveEvents
internal import VarveProjections
internal import VarvePromQL
internal import VarveViews

/// Columns of views as series: one sample for each bucket, at its start, that counts until the next.
///
/// A column is called `VIEW_COLUMN`, and `VIEW` alone where it is called as the view or the view has no other. Labels are the
/// view's dimensions, and `bucket`, which is `hour` unless a matcher of `bucket` names another.
struct ViewSeries {
    struct Metric: Sendable {
        var name: String
        var column: String
        var help: String
        var unit: String
    }

    /// A view whose columns are metrics.
    struct Source: Sendable {
        var view: AnyView
        var dimensions: [String]
        var buckets: [BucketLevel]
        var metrics: [Metric]
    }

    let answers: ViewAnswers
    let sources: [Source]

    init(_ answers: ViewAnswers, _ views: [ViewDescription]) {
        self.answers = answers
        sources = views.filter(\.isCurrent).compactMap(Self.source)
    }

    private static func source(_ view: ViewDescription) -> Source? {
        let buckets = view.buckets.filter { $0 != .all }
        guard !buckets.isEmpty, let columns = view.tables.first?.columns else { return nil }
        let numbers = columns.filter { !$0.isDimension && ($0.kind == .integer || $0.kind == .number) }.map(\.name)
        // Columns that hold the last value of an attribute: the rows in which it is a number have a sample.
        let lasts = columns.filter { !$0.isDimension && $0.kind == .any }.map(\.name)
        let metrics = (numbers + lasts).map { column in
            let isAlone = column == view.name || (numbers.isEmpty ? lasts.count == 1 : numbers == [column])
            let described = view.metrics.first { $0.column == column }
            return Metric(
                name: Self.name(isAlone ? view.name : "\(view.name)_\(column)"), column: column,
                help: described?.formula ?? view.meaning ?? "", unit: described?.unit?.rawValue ?? "")
        }
        return Source(view: view.view, dimensions: view.dimensions, buckets: buckets, metrics: metrics)
    }

    /// What may not stand in a name becomes `_`.
    private static func name(_ text: String) -> String {
        String(
            decoding: text.utf8.map { Label.isValidName("a" + String(decoding: [$0], as: UTF8.self)) ? $0 : 0x5F }, as: UTF8.self)
    }

    /// Only selectors that ask for names are asked of views.
    func select(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [SampleSeries] {
        let names = matchers.filter { $0.name == Label.metricName }
        guard names.contains(where: { $0.kind == .equal || $0.kind == .pattern }) else { return [] }
        var found: [SampleSeries] = []
        for source in sources {
            let metrics = source.metrics.filter { metric in names.allSatisfy { $0.matches(metric.name) } }
            if !metrics.isEmpty { found += try select(source, metrics, matchers, from, to) }
        }
        return found
    }

    private func select(
        _ source: Source, _ metrics: [Metric], _ matchers: [LabelMatcher], _ from: Int64, _ to: Int64
    ) throws -> [SampleSeries] {
        let asked = matchers.filter { $0.name == "bucket" }
        let preferred = source.buckets.contains(.hour) ? BucketLevel.hour : source.buckets[0]
        let level = asked.isEmpty ? preferred : source.buckets.first { level in asked.allSatisfy { $0.matches(level.name) } }
        guard let level else { return [] }
        let length = Self.milliseconds(level)
        // Whole buckets, and one more on each side where a zone shifts them: a range that ends within a bucket counts a part.
        let (first, end) = ((from / length &- 2) &* length, (to / length &+ 2) &* length)
        let request = ViewRequest(
            source.view, source: .keptOrLog(projector: "main"), bucket: level, from: Self.timestamp(first),
            to: Self.timestamp(end))
        guard let answer = try answers.answers(to: [request]).first else { return [] }
        var series: [Labels: SampleSeries] = [:]
        for row in answer.rows {
            guard let time = row.time else { continue }
            let moment = time.nanoseconds / 1_000_000
            guard moment <= to, moment >= from || from &- moment <= length else { continue }
            let dimensions = Labels(
                source.dimensions.map { Label(Self.name($0), row[$0]?.text ?? "") } + [Label("bucket", level.name)])
            guard matchers.allSatisfy({ $0.name == Label.metricName || $0.matches(dimensions[$0.name]) }) else { continue }
            for metric in metrics {
                guard let value = row[metric.column]?.number else { continue }
                let labels = Labels(dimensions.pairs + [Label(Label.metricName, metric.name)])
                series[labels, default: SampleSeries(labels, times: [], values: [], holds: length)].append(moment, value)
            }
        }
        return Array(series.values)
    }

    private static func milliseconds(_ level: BucketLevel) -> Int64 {
        switch level {
        case .minute: 60_000
        case .hour: 3_600_000
        case .day, .all: 86_400_000
        }
    }

    /// Nil, which is no border, for what no event can have: before 1970 and behind 2200.
    private static func timestamp(_ milliseconds: Int64) -> Timestamp? {
        guard milliseconds >= 0, milliseconds < 7_258_118_400_000 else { return nil }
        return Timestamp(nanoseconds: milliseconds * 1_000_000)
    }
}
