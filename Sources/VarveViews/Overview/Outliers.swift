// Finds outliers in hourly rows with robust statistics: a value is compared with those of other hours, preferably the same hour
// of other days. It is an outlier if it lies beyond their 10th to 90th percentile by more than the width of that range plus
// what chance explains.

/// One value per hour; nil where there are too few events.
struct HourlySeries {
    enum Kind {
        /// A number of events; its noise is about its square root.
        case count
        /// A number such as a percentile; its noise is assumed to be a quarter.
        case level
        /// A share of the events, 0 to 1.
        case share
    }

    let kind: Kind
    /// The first hour, counted from 1970.
    let firstHour: Int64
    var values: [Double?]
    /// The number of events behind each value.
    var weights: [Double]
}

/// Consecutive hours that are outliers.
struct Outlier: Equatable {
    /// Indices into the series.
    var hours: Range<Int>
    /// The most extreme of their values.
    var value: Double
    /// The bound of the usual range that it exceeds.
    var usual: Double
    /// The distance from that bound, in widths of the usual range.
    var score: Double
    /// How many hours it was compared with, and whether these were the same hour of other days.
    var compared: Int
    var isSameHour: Bool
    var isHigh: Bool { value > usual }
}

extension HourlySeries {
    /// Fewer hours, or days, are not enough to say what is usual.
    private static let hoursMin = 8
    private static let daysMin = 4

    /// The outliers, in time order.
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
                let outlier = compare(value, index, among: pool, isSameHour: isSameHour)
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

    /// Compares a value with `pool`, which is sorted and contains `value` itself once; that one is not counted.
    private func compare(_ value: Double, _ index: Int, among pool: [Double], isSameHour: Bool) -> Outlier? {
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

    /// The value of rank ⌈share · count⌉ in a sorted array.
    static func rank(_ share: Double, _ sorted: [Double]) -> Double? {
        guard !sorted.isEmpty else { return nil }
        return sorted[min(sorted.count, max(1, Int((share * Double(sorted.count)).rounded(.up)))) - 1]
    }
}
