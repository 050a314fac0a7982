import ArgumentParser
import VarveAnalysis
import VarveProjections
import VarveWire

struct AnalyzeChanges: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "changes", abstract: "Find the points at which the level of a series changed.",
        discussion: """
            One row per change: the first time of the new level, the mean before and after,
            and the change in standard deviations of a single value. A level has at least 6
            values, and outliers do not count. Analyse a series with a daily pattern by day.

              varve analyze changes latency --column p95_ms --bucket day --data data
              varve analyze changes --csv cpu.csv --time timestamp --value value --json
            """)

    @OptionGroup var series: SeriesOptions
    @Flag(help: "Print a JSON array with one object per change.") var json = false

    func run() throws {
        let all = try series.read()
        let found = all.flatMap { one in ChangePoints.find(one.points).map { (series: one, change: $0) } }
        if json {
            try Output.standard.array(found.map { Self.object($0.change, $0.series) })
        } else {
            var table = Table(["time"] + (all.first?.labelNames ?? []) + Self.numbers, numbers: Set(Self.numbers))
            for (series, change) in found {
                let numbers = [change.before, change.after, change.deviations]
                let values = numbers.map { number in number.map { ViewFormat.text(.double($0)) } ?? "-" }
                table.add([series.zone.text(change.time)] + series.labelTexts + values)
            }
            try Output.standard.write(table.isEmpty ? "no changes of level\n" : table.text())
        }
        try series.finish(all)
    }

    private static let numbers = ["before", "after", "deviations"]

    private static func object(_ change: LevelChange, _ series: NamedSeries) -> String {
        var line = JSONLine()
        line.field("time", series.zone.text(change.time))
        series.addLabels(to: &line)
        line.field("before", change.before)
        line.field("after", change.after)
        line.field("deviations", change.deviations)
        return line.text
    }
}
