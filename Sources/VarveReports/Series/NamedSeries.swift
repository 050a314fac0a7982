public import VarveAnalysis
public import VarveProjections
internal import VarveWire
internal import VarveWorkspace

/// A series with its labels.
public struct NamedSeries: Sendable {
    /// The dimensions that it was grouped by, and their values.
    public var labels: [NamedValue] = []
    public var points: [SeriesPoint] = []
    /// The zone in which its times are shown.
    public var zone = BucketZone.utc

    public init(labels: [NamedValue] = [], points: [SeriesPoint] = [], zone: BucketZone = .utc) {
        (self.labels, self.points, self.zone) = (labels, points, zone)
    }

    public var labelNames: [String] { labels.map(\.name) }
    var labelValues: [ViewValue] { labels.map { .words($0.value.text) } }
    /// The labels in words; nil without any.
    public var name: String? { labels.isEmpty ? nil : labels.map { $0.value.text ?? "-" }.joined(separator: ", ") }

    func addLabels(to line: inout JSONLine) {
        for label in labels { line.field(label.name, json: label.value.json) }
    }
}
