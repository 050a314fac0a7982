internal import VarveEvents

/// Hours of the week in which little happens: when maintenance disturbs the fewest.
public struct QuietWindow: Hashable, Sendable {
    /// The hour of the week at which it begins, UTC: 0 is Monday 00:00.
    public var hour: Int
    /// Hours.
    public var length: Int
    /// Events that are expected in it: the mean over the weeks seen, and the greatest of a single week.
    public var expected: Double
    public var most: Double
    /// `expected` as a share of an average window of this length.
    public var share: Double

    public var weekday: Int { hour / 24 + 1 }

    /// The quietest windows that do not overlap, quietest first.
    ///
    /// - Parameter points: events by hour; an hour without events has a point of 0. Hours of the week that were never seen are
    ///   left out.
    public static func find(_ points: [SeriesPoint], length: Int, count: Int = 3) -> [QuietWindow] {
        guard (1...48).contains(length), count > 0 else { return [] }
        let clock = SeasonClock()
        var values = [[Double]](repeating: [], count: SeasonClock.hours)
        for point in points {
            if let value = point.finite { values[clock.hour(of: point.time)].append(value) }
        }
        let means = values.map { $0.isEmpty ? nil : Summary.mean($0) }
        let known = means.compactMap(\.self)
        let average = Summary.mean(known) * Double(length)
        var windows: [QuietWindow] = []
        for hour in 0..<SeasonClock.hours {
            let hours = (0..<length).map { (hour + $0) % SeasonClock.hours }
            let parts = hours.compactMap { means[$0] }
            guard parts.count == length else { continue }
            let expected = parts.reduce(0, +)
            let most = hours.reduce(0) { $0 + (values[$1].max() ?? 0) }
            windows.append(
                QuietWindow(
                    hour: hour, length: length, expected: expected, most: most, share: average > 0 ? expected / average : 0))
        }
        var chosen: [QuietWindow] = []
        for window in windows.sorted(by: { ($0.expected, $0.most, $0.hour) < ($1.expected, $1.most, $1.hour) }) {
            let overlaps = chosen.contains { other in
                let distance = abs(other.hour - window.hour)
                return min(distance, SeasonClock.hours - distance) < length
            }
            if !overlaps { chosen.append(window) }
            if chosen.count == count { break }
        }
        return chosen
    }
}
