public import VarveCharts
public import VarveProjections
public import VarveViews
public import VarveWorkspace

/// A chart of a view as a file, or for a terminal: what `/chart.svg` and `varve chart` have in common.
public struct ChartFile: Sendable {
    public static let widths = 240...4_096
    public static let heights = 120...2_048

    public var width = 960
    public var height = 360
    public var theme = ChartTheme.light
    public var kind: Chart.Kind?
    /// Nil for view and column.
    public var title: String?

    public init() {}

    /// - Throws: When the view has no such column, or no buckets.
    public func chart(
        _ answer: ViewAnswer, _ description: ViewDescription, column: String?, by: String?
    ) throws(PageProblem) -> Chart {
        guard answer.bucket != nil, answer.bucket != .all else {
            throw .bad(
                "bucket", "\(description.name) has no rows by time to draw; choose another view, or bucket minute, hour or day")
        }
        let columns = description.tables.first?.columns.filter { !$0.isDimension && $0.kind != .time && $0.kind != .list }
        if let column, !(columns?.contains { $0.name == column } ?? false) {
            let known = (columns ?? []).map(\.name).joined(separator: ", ")
            throw .bad("column", "\(description.name) has no column '\(column)' to draw; there are \(known)")
        }
        var chart = ViewChart.chart(answer, description, column: column, by: by, kind: kind, now: nil)
        if let title { chart.title = title }
        return chart
    }

    public func svg(
        _ answer: ViewAnswer, _ description: ViewDescription, column: String?, by: String?
    ) throws(PageProblem) -> String {
        try chart(answer, description, column: column, by: by).file(width: width, height: height, theme: theme)
    }
}

extension ViewDescription {
    /// The bucket of a chart when nobody says which: the hour, or what is the finest.
    public var chartBucket: BucketLevel? { buckets.isEmpty ? nil : max(.hour, buckets[0]) }
}
