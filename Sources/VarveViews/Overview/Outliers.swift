// What stands out of rows by the hour, by plain robust statistics: a value is held against the values of other hours, by
// default those of the same hour of the day, and stands out when it is beyond their 10th to 90th percentile by more than that
// range is wide and more than chance would do.

/// One value per hour, nil where there is too little to say.
struct HourlySeries {
    enum Kind {
        /// How many events; chance moves it by its square root.
        case count
        /// A number such as a percentile; chance is taken to move it by a quarter.
        case level
        /// A part of the events, 0 to 1.
        case share
    }

    let kind: Kind
    /// The number of the first hour since 1970.
    let firstHour: Int64
    var values: [Double?]
    /// How many events each value is of.
    var weights: [Double]
}

/// Hours in a row that stand out.
struct Outlier: Equatable {
    /// Indexes into the series.
    var hours: Range<Int>
    /// The farthest of their values.
    var value: Double
    /// The end of the usual range that it is beyond.
    var usual: Double
    /// How far it is beyond, in widths of what is usual.
    var score: Double
    /// How many hours it was compared with, and whether they were the same hour of other days.
    var compared: Int
    var isSameHour: Bool
    var isHigh: Bool { value > usual }
}

extension HourlySeries {
    /// Fewer hours say nothing of what is usual.
    private static let hoursMin = 8
    private static let daysMin = 4

    /// What stands out, in the order of time.
    func outliers() -> [Outlier] {
        let all = values.compactMap { $0 }.sorted()
        let byHour = (0..<24).map { hour in
            values.indices.filter { (firstHour + Int64($0)) % 24 == hour }.compactMap { values[$0] }.sorted()
        }
        var found: [Outlier] = []
        for (index, value) in values.enumerated() {
            guard let value else { continue }
            let same = byHour[Int((firstHour + Int64(index)) % 24 + 24) % 24]
            let isSameHour = same.count > Self.daysMin
            let pool = isSameHour ? same : all
            guard isSameHour || all.count > Self.hoursMin,
                let outlier = judge(value, index, among: pool, isSameHour: isSameHour)
            else { continue }
            if let last = found.last, last.hours.upperBound == index, last.isHigh == outlier.isHigh {
                let worse = outlier.score > last.score ? outlier : last
                found[found.count - 1] = worse
                found[found.count - 1].hours = last.hours.lowerBound..<(index + 1)
            } else {
                found.append(outlier)
            }
        }
        return found
    }

    /// `pool` is sorted and holds `value` once more, which does not count.
    private func judge(_ value: Double, _ index: Int, among pool: [Double], isSameHour: Bool) -> Outlier? {
        var others = pool
        if let own = others.firstIndex(of: value) { others.remove(at: own) }
        guard let low = Self.rank(0.1, others), let high = Self.rank(0.9, others) else { return nil }
        let noise = self.noise(index, low, high)
        let margin = high - low + noise
        if value > high + margin, value >= high * 1.5 {
            return Outlier(
                hours: index..<(index + 1), value: value, usual: high, score: (value - high) / margin, compared: others.count,
                isSameHour: isSameHour)
        }
        if value < low - margin, value <= low * 0.5 {
            return Outlier(
                hours: index..<(index + 1), value: value, usual: low, score: (low - value) / margin, compared: others.count,
                isSameHour: isSameHour)
        }
        return nil
    }

    private func noise(_ index: Int, _ low: Double, _ high: Double) -> Double {
        switch kind {
        case .count: return 4 * max(high, 1).squareRoot()
        case .level: return max(high.magnitude, low.magnitude) / 4
        case .share:
            let part = min(max(high, 0.01), 0.99)
            return 4 * (part * (1 - part) / max(weights[index], 1)).squareRoot() + 0.01
        }
    }

    /// The value of rank ⌈share · count⌉ of sorted values.
    static func rank(_ share: Double, _ sorted: [Double]) -> Double? {
        guard !sorted.isEmpty else { return nil }
        return sorted[min(sorted.count, max(1, Int((share * Double(sorted.count)).rounded(.up)))) - 1]
    }
}
