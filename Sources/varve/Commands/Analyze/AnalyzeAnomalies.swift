import ArgumentParser
import VarveAnalysis
import VarveProjections
import VarveWire

struct AnalyzeAnomalies: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anomalies", abstract: "Mark where something unusual begins.",
        discussion: """
            Each row says what was expected from the rows before it, the band that a single
            value leaves about as rarely as the sensitivity says, and a score: 2 is a point
            like one in a hundred of a quiet series, 3 like one in a thousand. A row is an
            anomaly where something unusual begins; what goes on is not marked again until it
            has calmed down, or has become a hundred times rarer. The first 60 values are not
            judged. Without --json the anomalies alone are printed.

              varve analyze anomalies volume --column events --data data
              varve analyze anomalies --csv cpu.csv --time timestamp --value value --json
            """)

    @OptionGroup var series: SeriesOptions
    @Option(help: "low, normal or high: how rare a point must be (one in 1,000, 200, 60).")
    var sensitivity = AnomalySensitivity.normal
    @Flag(help: "A JSON array with an object for every row.") var json = false

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
