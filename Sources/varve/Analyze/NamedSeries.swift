import VarveAnalysis
import VarveProjections
import VarveWire
import VarveWorkspace

/// A series, and which one of several.
struct NamedSeries {
    /// The dimensions that it was split by, and their values.
    var labels: [NamedValue] = []
    var points: [SeriesPoint] = []
    /// How its times are shown.
    var zone = BucketZone.utc

    var labelNames: [String] { labels.map(\.name) }
    var labelTexts: [String] { labels.map { ViewFormat.text($0.value) } }

    func addLabels(to line: inout JSONLine) {
        for label in labels { line.field(label.name, json: label.value.json) }
    }
}
