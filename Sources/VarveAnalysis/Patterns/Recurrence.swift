public import VarveEvents

/// When something happens again and again: at even intervals, at an hour of the day, on a day of the week.
public struct Recurrence: Hashable, Sendable {
    public var count: Int
    public var first: Timestamp
    public var last: Timestamp
    /// The median interval in seconds, if intervals vary by less than three tenths of it.
    public var every: Double?
    /// The hour of the day in UTC around which the times lie, 0 to 24, if they do.
    public var hour: Double?
    /// The day of the week, 1 for Monday, if most times fall on it.
    public var weekday: Int?
    /// Of times as concentrated by chance: Rayleigh's test for hours, the binomial distribution for weekdays, the smaller.
    public var probability: Double

    public var isPattern: Bool { every != nil || hour != nil || weekday != nil }

    /// The number of times that a pattern needs.
    public static let fewest = 4
    private static let probabilityLimit = 0.001

    /// Nil for fewer than `fewest` times.
    public init?(_ times: [Timestamp]) {
        let sorted = times.sorted()
        guard sorted.count >= Self.fewest, let first = sorted.first, let last = sorted.last else { return nil }
        (count, self.first, self.last) = (sorted.count, first, last)
        let seconds = sorted.map { Double($0.nanoseconds) / 1e9 }
        let intervals = zip(seconds, seconds.dropFirst()).map { $1 - $0 }
        let usual = Summary.median(intervals)
        let spread = Summary.median(intervals.map { abs($0 - usual) }) / 0.6745
        let isEven = intervals.count(where: { abs($0 - usual) <= 0.3 * usual }) * 10 >= intervals.count * 8
        every = usual > 0 && isEven && spread <= 0.3 * usual ? usual : nil
        probability = 1
        let byHour = Self.rayleigh(seconds.map { $0 / 86_400 })
        if byHour.probability < Self.probabilityLimit { hour = byHour.phase * 24 }
        probability = min(probability, byHour.probability)
        // 1970-01-01 was a Thursday.
        let days = seconds.map { (Int(($0 / 86_400).rounded(.down)) % 7 + 10) % 7 }
        for day in 0..<7 {
            let hits = days.count { $0 == day }
            let chance = min(1, 7 * Distribution.binomialTail(hits, of: days.count, share: 1 / 7))
            if chance < Self.probabilityLimit, hits * 2 > days.count { weekday = day + 1 }
            probability = min(probability, chance)
        }
    }

    /// Whether phases (the fractions of `turns`) lie around one: the mean direction, 0 ..< 1, and the probability of one as
    /// strong (Rayleigh's test with the approximation of Zar, *Biostatistical Analysis*, 1999).
    static func rayleigh(_ turns: [Double]) -> (phase: Double, probability: Double) {
        let n = Double(turns.count)
        guard n > 0 else { return (0, 1) }
        let angles = turns.map { 2 * Double.pi * ($0 - $0.rounded(.down)) }
        let x = angles.reduce(0) { $0 + Real.sine($1 + Double.pi / 2) }
        let y = angles.reduce(0) { $0 + Real.sine($1) }
        let length = (x * x + y * y).squareRoot()
        let probability = Real.exp((1 + 4 * n + 4 * (n * n - length * length)).squareRoot() - (1 + 2 * n))
        let phase = Real.arcTangent(y, x) / (2 * Double.pi)
        return (phase < 0 ? phase + 1 : phase, min(1, probability))
    }
}
