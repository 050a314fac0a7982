import ArgumentParser
import VarveAnalysis
import VarveReports

struct AnalyzeForecast: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast", abstract: "Forecast the next values of a series, with bands.",
        discussion: """
            A dozen models (naive, drift, exponential smoothing, theta, damped trend, and
            smoothing with one or two seasons, also of logarithms) are tried at many past
            points of the series. The most accurate one, or the mean of the best three, gives
            the forecast; its past errors give the band. Seasons of an hour, a day and a week
            are tried unless --season says how many steps a season has.

              varve analyze forecast volume --column events --bucket hour --horizon 48 --data data
              varve analyze forecast --csv disk.csv --time timestamp --value used --horizon 30 --explain
            """)

    @OptionGroup var series: SeriesOptions
    @Option(help: "The number of steps to forecast.") var horizon = 24
    @Option(help: "The share of values that the band is to contain, in percent.") var level = 95.0
    @Option(help: "The number of steps of a season.") var season: Int?
    @Flag(help: "Print the chosen model, its season and its past error on standard error.") var explain = false
    @Flag(help: "Print a JSON array with one object per step.") var json = false

    func validate() throws {
        guard (1...Forecast.longestHorizon).contains(horizon) else {
            throw ValidationError("--horizon must be 1 to \(Forecast.longestHorizon).")
        }
        guard level > 0, level < 100 else { throw ValidationError("--level must lie between 0 and 100.") }
        if let season, season < 2 { throw ValidationError("--season must be 2 or more.") }
    }

    func run() throws {
        let answer = SeriesAnswers.forecast(
            try series.read(), horizon: horizon, level: level / 100, season: season, explains: explain)
        try AnalysisPrinter.print(answer, json: json)
    }
}
