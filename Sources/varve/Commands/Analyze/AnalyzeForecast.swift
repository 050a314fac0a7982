import ArgumentParser
import VarveAnalysis
import VarveProjections
import VarveWire

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
        let all = try series.read()
        var found: [(series: NamedSeries, forecast: Forecast)] = []
        for one in all {
            let forecast = Forecast(one.points, horizon: horizon, level: level / 100, season: season)
            if let forecast { found.append((one, forecast)) }
        }
        if json {
            try Output.standard.array(
                found.lazy.flatMap { one in one.forecast.rows.lazy.map { Self.object($0, one.series) } })
        } else {
            var table = Table(["time"] + (all.first?.labelNames ?? []) + Self.numbers, numbers: Set(Self.numbers))
            for (series, forecast) in found {
                for row in forecast.rows {
                    let values = [row.forecast, row.low, row.high].map { ViewFormat.text(.double($0)) }
                    table.add([series.zone.text(row.time)] + series.labelTexts + values)
                }
            }
            try Output.standard.write(table.isEmpty ? "no rows\n" : table.text())
        }
        if explain { for one in found { Output.error(Self.explanation(one.series, one.forecast)) } }
        if found.count < all.count {
            Output.error("note: \(all.count - found.count) series have fewer than \(Forecast.fewestValues) values\n")
        }
        try series.finish(all)
    }

    private static let numbers = ["forecast", "low", "high"]

    private static func explanation(_ series: NamedSeries, _ forecast: Forecast) -> String {
        let labels = series.labelTexts.isEmpty ? "" : series.labelTexts.joined(separator: ", ") + ": "
        let season = forecast.season.map { "season of \($0) steps" } ?? "no season"
        let (error, naive) = (ViewFormat.text(.double(forecast.error)), ViewFormat.text(.double(forecast.naiveError)))
        return "\(labels)model: \(forecast.model); \(season); mean absolute error in the past \(error), "
            + "of the naive forecast \(naive)\n"
    }

    private static func object(_ row: ForecastRow, _ series: NamedSeries) -> String {
        var line = JSONLine()
        line.field("time", series.zone.text(row.time))
        series.addLabels(to: &line)
        line.field("forecast", row.forecast)
        line.field("low", row.low)
        line.field("high", row.high)
        return line.text
    }
}
