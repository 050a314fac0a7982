import ArgumentParser
import VarveAnalysis
import VarveEvents
import VarveProjections
import VarveWire

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
        let all = try series.read()
        let found = all.compactMap { one in
            Capacity(one.points, limit: limit, horizon: horizon, level: level / 100).map { (series: one, capacity: $0) }
        }
        if json {
            try Output.standard.array(found.map { Self.object($0.series, $0.capacity, limit) })
        } else {
            var table = Table((all.first?.labelNames ?? []) + ["value", "expected", "earliest", "latest"], numbers: ["value"])
            for (series, capacity) in found {
                let times = [capacity.expected, capacity.earliest, capacity.latest]
                let texts = times.map { time in time.map { series.zone.text($0) } ?? "-" }
                table.add(series.labelTexts + [ViewFormat.text(.double(capacity.value))] + texts)
            }
            try Output.standard.write(table.isEmpty ? "no rows\n" : table.text())
        }
        if found.count < all.count {
            Output.error("note: \(all.count - found.count) series have fewer than \(Forecast.fewestValues) values\n")
        }
        try series.finish(all)
    }

    private static func object(_ series: NamedSeries, _ capacity: Capacity, _ limit: Double) -> String {
        var line = JSONLine()
        series.addLabels(to: &line)
        line.field("value", capacity.value)
        line.field("limit", limit)
        line.field("expected", capacity.expected.map { series.zone.text($0) })
        line.field("earliest", capacity.earliest.map { series.zone.text($0) })
        line.field("latest", capacity.latest.map { series.zone.text($0) })
        line.field("model", capacity.model)
        return line.text
    }
}
