import ArgumentParser
import VarveAnalysis
import VarveReports

struct AnalyzeCapacity: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity", abstract: "Estimate when a series reaches a limit.",
        discussion: """
            One row per series: the latest value, and when the forecast (see analyze
            forecast) first reaches the limit: expected, at the earliest (by the band's upper
            edge) and at the latest (by its lower edge). A limit below the latest value is
            one that the series falls to.

              varve analyze capacity --csv disk.csv --time timestamp --value used --limit 500 --horizon 90
              varve analyze capacity machine_memory --column used_avg --by component --bucket day --limit 16 --data data
            """)

    @OptionGroup var series: SeriesOptions
    @Option(help: "The value that must not be reached.") var limit: Double
    @Option(help: "The number of steps to look ahead.") var horizon = 720
    @Option(help: "The share of values that the band is to contain, in percent.") var level = 95.0
    @Flag(help: "Print a JSON array with one object per series.") var json = false

    func validate() throws {
        guard (1...Forecast.longestHorizon).contains(horizon) else {
            throw ValidationError("--horizon must be 1 to \(Forecast.longestHorizon).")
        }
        guard level > 0, level < 100 else { throw ValidationError("--level must lie between 0 and 100.") }
        guard limit.isFinite else { throw ValidationError("--limit must be a number.") }
    }

    func run() throws {
        let answer = SeriesAnswers.capacity(try series.read(), limit: limit, horizon: horizon, level: level / 100)
        try AnalysisPrinter.print(answer, json: json)
    }
}
