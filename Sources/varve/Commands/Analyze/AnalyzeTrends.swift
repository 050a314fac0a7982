import ArgumentParser
import VarveAnalysis
import VarveEvents
import VarveProjections
import VarveWire

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
        let all = try series.read()
        let found = all.compactMap { one in trend(one).map { (series: one, trend: $0) } }
        if json {
            try Output.standard.array(found.map { Self.object($0.series, $0.trend) })
        } else {
            var table = Table((all.first?.labelNames ?? []) + Self.numbers, numbers: Set(Self.numbers))
            for (series, trend) in found {
                let values = [
                    Double(trend.count), trend.slope, trend.low, trend.high, trend.probability, trend.senSlope,
                    trend.kendallProbability,
                ]
                table.add(series.labelTexts + values.map { ViewFormat.text(.double($0)) })
            }
            try Output.standard.write(table.isEmpty ? "no rows\n" : table.text())
        }
        if found.count < all.count { Output.error("note: \(all.count - found.count) series have too few points\n") }
        try series.finish(all)
    }

    private static let numbers = ["points", "slope", "low", "high", "probability", "sen_slope", "kendall_probability"]
    private static let nanosecondsPerDay = 86_400e9

    /// The trend, with days since the first point as the unit of time.
    private func trend(_ series: NamedSeries) -> Trend? {
        guard let first = series.points.first?.time else { return nil }
        let points = series.points.compactMap { point -> (x: Double, y: Double)? in
            guard let value = point.value, value.isFinite, abs(value) < 1e150 else { return nil }
            return ((Double(point.time.nanoseconds) - Double(first.nanoseconds)) / Self.nanosecondsPerDay, value)
        }
        return Trend(points, confidence: level / 100)
    }

    private static func object(_ series: NamedSeries, _ trend: Trend) -> String {
        var line = JSONLine()
        series.addLabels(to: &line)
        line.field("points", trend.count)
        line.field("slope", trend.slope)
        line.field("low", trend.low)
        line.field("high", trend.high)
        line.field("probability", trend.probability)
        line.field("sen_slope", trend.senSlope)
        line.field("sen_low", trend.senLow)
        line.field("sen_high", trend.senHigh)
        line.field("kendall_s", trend.kendallS)
        line.field("kendall_score", trend.kendallScore)
        line.field("kendall_probability", trend.kendallProbability)
        return line.text
    }
}
