import VarveAnalysis
import VarveProjections
import VarveWire
import VarveWorkspace

/// A series with its labels.
struct NamedSeries {
    /// The dimensions that it was grouped by, and their values.
    var labels: [NamedValue] = []
    var points: [SeriesPoint] = []
    /// The zone in which its times are shown.
    var zone = BucketZone.utc

    var labelNames: [String] { labels.map(\.name) }
    var labelTexts: [String] { labels.map { ViewFormat.text($0.value) } }

    func addLabels(to line: inout JSONLine) {
        for label in labels { line.field(label.name, json: label.value.json) }
    }
}
