import ArgumentParser
import VarveReports

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
        try AnalysisPrinter.print(SeriesAnswers.changes(series.read()), json: json)
    }
}
