public import VarveAnalysis
internal import VarveEvents
internal import VarveProjections
internal import VarveWire

/// Answers about series, whatever they come from: a view, or a file.
public enum SeriesAnswers {
    public static func anomalies(_ all: [NamedSeries], _ sensitivity: AnomalySensitivity) -> AnalysisAnswer {
        func rows(_ series: NamedSeries) -> [AnomalyRow] {
            var detector = AnomalyDetector(sensitivity: sensitivity)
            return series.points.map { detector.next($0) }
        }
        let numbers = ["value", "expected", "low", "high", "score"]
        var table = AnalysisTable(nil, ["time"] + names(all) + numbers, numbers: Set(numbers), empty: "no anomalies")
        for one in all {
            for row in rows(one) where row.anomaly {
                let values: [ViewValue] = [row.value, row.expected, row.low, row.high, row.score].map { .number($0) }
                table.add([.string(one.zone.text(row.time))] + one.labelValues + values)
            }
        }
        let objects = AnySequence(all.lazy.flatMap { one in rows(one).lazy.map { object($0, one) } })
        return AnalysisAnswer(.array(objects), [table], notes: notes(all))
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

    public static func forecast(
        _ all: [NamedSeries], horizon: Int, level: Double, season: Int?, explains: Bool = false
    ) -> AnalysisAnswer {
        let numbers = ["forecast", "low", "high"]
        var table = AnalysisTable(nil, ["time"] + names(all) + numbers, numbers: Set(numbers))
        var objects: [String] = []
        var short = 0
        var explained: [String] = []
        for one in all {
            guard let forecast = Forecast(one.points, horizon: horizon, level: level, season: season) else {
                short += 1
                continue
            }
            if explains { explained.append(explanation(one, forecast)) }
            for row in forecast.rows {
                let time = one.zone.text(row.time)
                let values: [ViewValue] = [row.forecast, row.low, row.high].map { .number($0) }
                table.add([.string(time)] + one.labelValues + values)
                var line = JSONLine()
                line.field("time", time)
                one.addLabels(to: &line)
                line.field("forecast", row.forecast)
                line.field("low", row.low)
                line.field("high", row.high)
                objects.append(line.text)
            }
        }
        return AnalysisAnswer(.array(AnySequence(objects)), [table], notes: explained + tooShort(short) + notes(all))
    }

    private static func explanation(_ series: NamedSeries, _ forecast: Forecast) -> String {
        let season = forecast.season.map { "season of \($0) steps" } ?? "no season"
        return (series.name.map { $0 + ": " } ?? "") + "model: \(forecast.model); \(season); mean absolute error in the past "
            + "\(Plain.number(forecast.error)), of the naive forecast \(Plain.number(forecast.naiveError))"
    }

    public static func capacity(_ all: [NamedSeries], limit: Double, horizon: Int, level: Double) -> AnalysisAnswer {
        var table = AnalysisTable(nil, names(all) + ["value", "expected", "earliest", "latest"], numbers: ["value"])
        var objects: [String] = []
        var short = 0
        for one in all {
            guard let found = Capacity(one.points, limit: limit, horizon: horizon, level: level) else {
                short += 1
                continue
            }
            let times = [found.expected, found.earliest, found.latest].map { time in time.map { one.zone.text($0) } }
            table.add(one.labelValues + [.number(found.value)] + times.map { .words($0) })
            var line = JSONLine()
            one.addLabels(to: &line)
            line.field("value", found.value)
            line.field("limit", limit)
            line.field("expected", times[0])
            line.field("earliest", times[1])
            line.field("latest", times[2])
            line.field("model", found.model)
            objects.append(line.text)
        }
        return AnalysisAnswer(.array(AnySequence(objects)), [table], notes: tooShort(short) + notes(all))
    }

    public static func changes(_ all: [NamedSeries]) -> AnalysisAnswer {
        let numbers = ["before", "after", "deviations"]
        var table = AnalysisTable(
            nil, ["time"] + names(all) + numbers, numbers: Set(numbers), empty: "no changes of level")
        var objects: [String] = []
        for one in all {
            for change in ChangePoints.find(one.points) {
                let time = one.zone.text(change.time)
                let values: [ViewValue] = [change.before, change.after, change.deviations].map { .number($0) }
                table.add([.string(time)] + one.labelValues + values)
                var line = JSONLine()
                line.field("time", time)
                one.addLabels(to: &line)
                line.field("before", change.before)
                line.field("after", change.after)
                line.field("deviations", change.deviations)
                objects.append(line.text)
            }
        }
        return AnalysisAnswer(.array(AnySequence(objects)), [table], notes: notes(all))
    }

    /// - Parameter groups: the values of the dimension that the series were grouped by: two.
    public static func compare(
        _ all: [NamedSeries], groups: [String], level: Double
    ) throws(AnalysisError) -> AnalysisAnswer {
        guard groups.count == 2, groups[0] != groups[1] else { throw AnalysisError(.usage, "give two values of the dimension") }
        var samples: [[Double]] = []
        for name in groups {
            guard let one = all.first(where: { $0.name == name }) else {
                let known = all.prefix(8).compactMap(\.name).joined(separator: ", ")
                throw AnalysisError(
                    .usage, "there is no group '\(name)'", next: "there are: \(known.isEmpty ? "none" : known)")
            }
            samples.append(one.points.compactMap { $0.value.flatMap { $0.isFinite && abs($0) < 1e150 ? $0 : nil } })
        }
        guard let found = GroupDifference(samples[0], samples[1], level: level) else {
            throw AnalysisError(
                .failure, "each group needs at least two values, and they must differ", next: "choose a longer range of time")
        }
        var table = AnalysisTable(nil, ["group", "rows", "mean"], numbers: ["rows", "mean"])
        table.add([.string(groups[0]), .count(samples[0].count), .number(found.means.0)])
        table.add([.string(groups[1]), .count(samples[1].count), .number(found.means.1)])
        var line = JSONLine()
        line.field("a", groups[0])
        line.field("b", groups[1])
        line.field("mean_a", found.means.0)
        line.field("mean_b", found.means.1)
        line.field("difference", found.difference)
        line.field("low", found.low)
        line.field("high", found.high)
        line.field("welch_probability", found.welch)
        line.field("mann_whitney_probability", found.mannWhitney)
        let ranks = found.mannWhitney.map(Plain.number) ?? "-"
        let sentence =
            "difference \(Plain.number(found.difference)) (\(Plain.number(found.low)) to \(Plain.number(found.high))); "
            + "probability without an effect: Welch \(Plain.number(found.welch)), Mann-Whitney \(ranks)"
        return AnalysisAnswer(.array(AnySequence([line.text])), [table], lines: [sentence])
    }

    static func names(_ all: [NamedSeries]) -> [String] { all.first?.labelNames ?? [] }

    static func notes(_ all: [NamedSeries]) -> [String] {
        all.allSatisfy { $0.points.isEmpty } ? ["there are no rows"] : []
    }

    static func tooShort(_ count: Int) -> [String] {
        count > 0 ? ["\(count) series have fewer than \(Forecast.fewestValues) values"] : []
    }
}
