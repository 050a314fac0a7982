import ArgumentParser
import VarveAnalysis
import VarveProjections
import VarveWire

struct AnalyzeAnomalies: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anomalies", abstract: "Mark the points where anomalies begin.",
        discussion: """
            Each row has the value expected from the rows before it, a band that single
            values leave about as rarely as the sensitivity implies, and a score: 2 is as
            rare as one point in a hundred of a quiet series, 3 as one in a thousand. A row
            is marked where an anomaly begins; while it lasts it is not marked again, until
            the series has calmed down or a point is a hundred times rarer. The first 60
            values are not judged. Without --json only the anomalies are printed.

              varve analyze anomalies volume --column events --data data
              varve analyze anomalies --csv cpu.csv --time timestamp --value value --json
            """)

    @OptionGroup var series: SeriesOptions
    @Option(help: "low, normal or high: how rare a point must be (one in 1,000, 200 or 60).")
    var sensitivity = AnomalySensitivity.normal
    @Flag(help: "Print a JSON array with one object per row.") var json = false

    func run() throws {
        let all = try series.read()
        if json {
            try Output.standard.array(all.lazy.flatMap { one in self.rows(one).lazy.map { Self.object($0, one) } })
        } else {
            var table = Table(["time"] + (all.first?.labelNames ?? []) + Self.numbers, numbers: Set(Self.numbers))
            for one in all {
                for row in rows(one) where row.anomaly {
                    let values = [row.value, row.expected, row.low, row.high, row.score].map { value in
                        value.map { ViewFormat.text(.double($0)) } ?? "-"
                    }
                    table.add([one.zone.text(row.time)] + one.labelTexts + values)
                }
            }
            try Output.standard.write(table.isEmpty ? "no anomalies\n" : table.text())
        }
        try series.finish(all)
    }

    private static let numbers = ["value", "expected", "low", "high", "score"]

    private func rows(_ series: NamedSeries) -> [AnomalyRow] {
        var detector = AnomalyDetector(sensitivity: sensitivity)
        return series.points.map { detector.next($0) }
    }

    private static func object(_ row: AnomalyRow, _ series: NamedSeries) -> String {
        var line = JSONLine()
        line.field("time", series.zone.text(row.time))
        series.addLabels(to: &line)
        line.field("value", row.value)
        line.field("expected", row.expected)
        line.field("low", row.low)
        line.field("high", row.high)
        line.field("score", row.score)
        line.field("anomaly", row.anomaly)
        return line.text
    }
}
