internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections
internal import VarveWire

extension SeriesAnswers {
    /// Trends with days since the first point as the unit of time.
    public static func trends(_ all: [NamedSeries], level: Double) -> AnalysisAnswer {
        let numbers = ["points", "slope", "low", "high", "probability", "sen_slope", "kendall_probability"]
        var table = AnalysisTable(nil, names(all) + numbers, numbers: Set(numbers))
        var objects: [String] = []
        for one in all {
            guard let trend = trend(one, level) else { continue }
            let values: [Double] = [
                Double(trend.count), trend.slope, trend.low, trend.high, trend.probability, trend.senSlope,
                trend.kendallProbability,
            ]
            table.add(one.labelValues + values.map { .number($0) })
            objects.append(object(one, trend))
        }
        let short = all.count - objects.count
        let notes = short > 0 ? ["\(short) series have too few points"] : []
        return AnalysisAnswer(.array(AnySequence(objects)), [table], notes: notes + Self.notes(all))
    }

    static func trend(_ series: NamedSeries, _ level: Double) -> Trend? {
        guard let first = series.points.first?.time else { return nil }
        let points = series.points.compactMap { point -> (x: Double, y: Double)? in
            guard let value = point.value, value.isFinite, abs(value) < 1e150 else { return nil }
            return ((Double(point.time.nanoseconds) - Double(first.nanoseconds)) / 86_400e9, value)
        }
        return Trend(points, confidence: level)
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

    /// A period beside the one before it (C40): the newest `period` of each series.
    static func periods(
        _ all: [NamedSeries], period: Int64, end: Timestamp, kind: PeriodChange.Kind, polarity: Polarity
    ) -> AnalysisAnswer {
        let numbers = ["current", "previous", "change_percent", "mean", "deviation"]
        var table = AnalysisTable(nil, names(all) + numbers + ["verdict", "outliers"], numbers: Set(numbers))
        var objects: [String] = []
        let border = end.moved(-period)
        let start = border.moved(-period)
        for one in all {
            let points = one.points.filter { $0.time >= start && $0.time < end }
            guard let found = PeriodChange(points, border: border, kind: kind, polarity: polarity) else { continue }
            let values = [found.current, found.previous, found.changePercent, found.mean, found.deviation]
            let marked = found.outliers.map { Plain.moment($0.time) }.joined(separator: ", ")
            table.add(one.labelValues + values.map { .number($0) } + [.string(found.verdict), .string(marked)])
            var line = JSONLine()
            one.addLabels(to: &line)
            line.field("from", one.zone.text(border))
            line.field("to", one.zone.text(end))
            for (name, value) in zip(numbers, values) { line.field(name, value) }
            line.field("verdict", found.verdict)
            line.field("polarity", polarity.rawValue)
            let outliers = found.outliers.map { point in
                var object = JSONLine()
                object.field("time", one.zone.text(point.time))
                object.field("value", point.value)
                return object.text
            }
            line.field("outliers", json: JSONLine.array(outliers))
            objects.append(line.text)
        }
        let short = all.count - objects.count
        let notes = short > 0 ? ["\(short) series lack values in one of the two periods"] : []
        return AnalysisAnswer(.array(AnySequence(objects)), [table], notes: notes)
    }
}
