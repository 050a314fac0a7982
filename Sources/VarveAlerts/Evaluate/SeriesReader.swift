internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections

/// Reads the series of a rule from the cells of its view. The one place where a condition becomes a value.
struct SeriesReader {
    let rule: PreparedRule
    let cells: RuleCells
    var memo: RowMemo?

    /// Series of one rule that are looked at; further combinations are left out.
    static let seriesMax = 5_000

    private var source: RuleSource { rule.rule.source }

    /// What each series says at the end of the window that ends at `tick`. A rule without dimensions has one series always.
    func readings(at tick: Int64) throws(QueryError) -> [AlertLabels: Reading] {
        var found = try read(at: tick)
        if source.by.isEmpty, found[AlertLabels()] == nil { found[AlertLabels()] = missing }
        return found
    }

    /// What is read of a series without a row.
    var missing: Reading {
        if case .absent = rule.rule.test { return .value(1, threshold: 1, holds: true) }
        return .absent(.noRows)
    }

    private func read(at tick: Int64) throws(QueryError) -> [AlertLabels: Reading] {
        let window = Int64(source.window) * source.step
        switch rule.rule.test {
        case .number(let comparison, let number):
            let measured = try values(from: tick - window, to: tick)
            return measured.mapValues { one in
                one.reading { value in Reading.value(value, threshold: number, holds: comparison.holds(value, number)) }
            }
        case .change(let comparison, let number, let ago):
            let before = try values(from: tick - window - ago, to: tick - ago)
            var readings: [AlertLabels: Reading] = [:]
            for (labels, measured) in try values(from: tick - window, to: tick) {
                readings[labels] = measured.reading { value in
                    guard case .value(let old)? = before[labels], old != 0 else { return .absent(.noValue) }
                    let change = (value - old) / abs(old)
                    return .value(change, threshold: number, holds: comparison.holds(change, number))
                }
            }
            return readings
        case .band(let sensitivity, let side, let history):
            return try band(sensitivity, side, history, tick)
        case .absent(let known): return try absence(known, window, tick)
        case .query: return [:]
        case .burn(let burn):
            // The long window says whether there is enough to judge by.
            let short = try values(from: tick - Int64(burn.short) * source.step, to: tick, leastCounts: false)
            var readings: [AlertLabels: Reading] = [:]
            for (labels, measured) in try values(from: tick - Int64(burn.long) * source.step, to: tick) {
                readings[labels] = measured.reading { share in
                    guard case .value(let recent)? = short[labels] else { return .absent(.noValue) }
                    let rates = (long: burn.rate(share), short: burn.rate(recent))
                    let holds = rates.long >= burn.factor && rates.short >= burn.factor
                    return .value(rates.long, threshold: burn.factor, holds: holds)
                }
            }
            return readings
        }
    }

    /// What a window has of one series.
    private enum Measured {
        case value(Double)
        case absent(Reading.Absence)

        func reading(_ body: (Double) -> Reading) -> Reading {
            switch self {
            case .value(let value): body(value)
            case .absent(let why): .absent(why)
            }
        }
    }

    private func values(
        from: Int64, to: Int64, leastCounts: Bool = true
    ) throws(QueryError) -> [AlertLabels: Measured] {
        var found: [AlertLabels: Measured] = [:]
        for row in try cells.rows(rule, from: from, to: to, memo) where !row.isOther && found.count < Self.seriesMax {
            found[AlertLabels(row, source.by)] = measured(row, leastCounts: leastCounts)
        }
        return found
    }

    private func measured(_ row: ViewRow, leastCounts: Bool = true) -> Measured {
        if leastCounts, let least = source.minCount, let name = source.countColumn ?? RuleViews.count(rule.definition) {
            guard let count = row[name]?.number, count >= Double(least) else { return .absent(.tooFew) }
        }
        guard let value = row[source.column]?.number, value.isFinite else { return .absent(.noValue) }
        return .value(value)
    }

    /// The newest bucket against the band that the buckets before it lead to expect.
    private func band(
        _ sensitivity: AnomalySensitivity, _ side: RuleTest.Side, _ history: Int, _ tick: Int64
    ) throws(QueryError) -> [AlertLabels: Reading] {
        let step = source.step
        let start = tick - Int64(history) * step
        var series: [AlertLabels: [Int64: Double]] = [:]
        var tooFew: Set<AlertLabels> = []
        for row in try cells.rows(rule, from: start, to: tick, isSeries: true, memo) where !row.isOther {
            guard let time = row.time?.nanoseconds else { continue }
            let labels = AlertLabels(row, source.by)
            guard series[labels] != nil || series.count < Self.seriesMax else { continue }
            switch measured(row) {
            case .value(let value): series[labels, default: [:]][time] = value
            case .absent(let why): if why == .tooFew, time == tick - step { tooFew.insert(labels) }
            }
        }
        var readings: [AlertLabels: Reading] = [:]
        for (labels, points) in series {
            guard points[tick - step] != nil else {
                readings[labels] = .absent(tooFew.contains(labels) ? .tooFew : .noRows)
                continue
            }
            var detector = AnomalyDetector(sensitivity: sensitivity)
            var last: AnomalyRow?
            for time in stride(from: start, to: tick, by: Int(step)) {
                last = detector.next(SeriesPoint(time: Timestamp(nanoseconds: time), value: points[time]))
            }
            readings[labels] = Self.reading(last, side)
        }
        return readings
    }

    private static func reading(_ row: AnomalyRow?, _ side: RuleTest.Side) -> Reading {
        guard let row, let value = row.value, let low = row.low, let high = row.high else { return .absent(.noValue) }
        let isHigh = side != .below && value > high
        let isLow = side != .above && value < low
        let threshold = side == .below || isLow ? low : high
        return .value(value, threshold: threshold, holds: isHigh || isLow)
    }

    /// Which of the series that were there in the buckets before have no row now.
    private func absence(_ known: Int, _ window: Int64, _ tick: Int64) throws(QueryError) -> [AlertLabels: Reading] {
        let now = try values(from: tick - window, to: tick)
        let before = try values(from: tick - window - Int64(known) * source.step, to: tick - window)
        var readings: [AlertLabels: Reading] = [:]
        for labels in Set(now.keys).union(before.keys) {
            let isThere = if case .value? = now[labels] { true } else { false }
            readings[labels] = .value(isThere ? 0 : 1, threshold: 1, holds: !isThere)
        }
        return readings
    }
}
