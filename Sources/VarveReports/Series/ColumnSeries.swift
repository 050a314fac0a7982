internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections
public import VarveViews

/// One column of a view's answer as series, one per combination of its dimensions.
///
/// A bucket without events has no row. A count is zero then; any other column has no value.
struct ColumnSeries {
    private let answer: ViewAnswer
    private let column: String
    private let isCount: Bool
    private let step: Int64

    init(_ answer: ViewAnswer, column: String) throws {
        self.answer = answer
        self.column = column
        guard let found = answer.columns.first(where: { $0.name == column && !$0.isDimension && $0.kind != .time }) else {
            let others = answer.columns.filter { !$0.isDimension && ($0.kind == .integer || $0.kind == .number) }.map(\.name)
            throw AnalysisError(
                .usage, "view \(answer.view) has no column '\(column)' of numbers",
                next: "it has: \(others.joined(separator: ", "))")
        }
        guard let step = answer.bucket?.nanoseconds else {
            throw AnalysisError(.usage, "view \(answer.view) has no time buckets to make a series of")
        }
        isCount = found.kind == .integer
        self.step = step
    }

    /// The maximum number of points of a series after gaps are filled.
    private static let limit = 4_000_000

    func all() throws -> [NamedSeries] {
        let dimensions = answer.columns.filter(\.isDimension).map(\.name)
        var places: [[ViewValue]: Int] = [:]
        var all: [NamedSeries] = []
        for row in answer.rows {
            guard let time = row.time else { continue }
            let labels = dimensions.map { name in NamedValue(name, row[name] ?? .null) }
            let key = labels.map(\.value)
            let place = places[key] ?? all.count
            if place == all.count {
                places[key] = place
                all.append(NamedSeries(labels: labels, zone: answer.zone))
            }
            try fill(&all[place].points, until: time)
            all[place].points.append(SeriesPoint(time: time, value: row[column]?.number))
        }
        return all
    }

    /// Adds the buckets between the last point and `time`. Not for a named zone, whose days differ in length.
    private func fill(_ points: inout [SeriesPoint], until time: Timestamp) throws {
        guard answer.zone == .utc, let last = points.last?.time.nanoseconds else { return }
        guard (time.nanoseconds - last) / step + Int64(points.count) < Self.limit else {
            throw AnalysisError(
                .failure, "more than \(Self.limit) buckets lie between the rows", next: "use --from, --to or --bucket")
        }
        for start in stride(from: last + step, to: time.nanoseconds, by: Int(step)) {
            points.append(SeriesPoint(time: Timestamp(nanoseconds: start), value: isCount ? 0 : nil))
        }
    }
}

extension NamedSeries {
    /// The series of a column of a view's answer, one per combination of its dimensions, each in time order.
    public static func all(of answer: ViewAnswer, column: String) throws -> [NamedSeries] {
        try ColumnSeries(answer, column: column).all()
    }
}

extension AnalysisRows {
    /// The series of a column of a view, each in time order, with the answer they come from.
    public func series(_ question: AnalysisQuestion) throws -> [NamedSeries] {
        try answeredSeries(question).series
    }

    func answeredSeries(_ question: AnalysisQuestion) throws -> (series: [NamedSeries], answer: ViewAnswer) {
        guard let name = question.view else { throw AnalysisError(.usage, "name a view") }
        guard let column = question.column else { throw AnalysisError(.usage, "which column of the view? give column") }
        let request = ViewRequest(
            try view(name), asOf: question.asOf, bucket: question.bucket, by: question.by,
            where: question.conditions.map { DimensionFilter($0) }, from: question.from, to: question.to)
        let answer = try answer(request)
        return (try ColumnSeries(answer, column: column).all(), answer)
    }
}
