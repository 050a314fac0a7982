import ArgumentParser
import VarveReports

struct AnalyzeTrends: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trends", abstract: "Estimate whether and how fast a series rises or falls, and how certain that is.",
        discussion: """
            One row per series: the slope per day of the least-squares line with its
            confidence limits and the probability of a slope as steep without a trend;
            Sen's slope, which is robust to outliers, with its limits; and the Mann-Kendall
            test. Beyond 2,000 points Sen and Kendall use 2,000 evenly spaced ones. The
            probabilities assume independent points; analyse a series with a daily pattern
            by day.

              varve analyze trends latency --column p95_ms --bucket day --data data
              varve analyze trends --csv disk.csv --time timestamp --value used --json
            """)

    @OptionGroup var series: SeriesOptions
    @Option(help: "The confidence level of the limits, in percent.") var level = 95.0
    @Flag(help: "Print a JSON array with one object per series.") var json = false

    func validate() throws {
        guard level > 0, level < 100 else { throw ValidationError("--level must lie between 0 and 100.") }
    }

    func run() throws {
        try AnalysisPrinter.print(SeriesAnswers.trends(series.read(), level: level / 100), json: json)
    }
}
