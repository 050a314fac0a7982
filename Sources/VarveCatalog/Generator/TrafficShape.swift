/// The shape of the traffic over time: the number of events per hour, durations, and failures.
///
/// Only integers and IEEE basic arithmetic (including square roots, which are correctly rounded): the same numbers on every
/// platform.
struct TrafficShape: Sendable {
    static let hour: Int64 = 3_600_000
    static let day: Int64 = 86_400_000

    /// The start, in milliseconds since 1970, and the number of hours.
    let start: Int64
    let hours: Int
    let incident: TrafficIncident
    /// Per hour, the number of events up to its end.
    let cumulative: [Int]

    init(events: Int, days: Int, start: Int64) {
        self.start = start
        hours = days * 24
        incident = TrafficIncident(start: start, days: days)
        var weight = 0
        var weights: [Int] = []
        for hour in 0..<hours {
            weight += Self.weight(at: start + Int64(hour) * Self.hour, incident)
            weights.append(weight)
        }
        let total = weight
        cumulative = weights.map { Int(UInt(total).dividingFullWidth(UInt(events).multipliedFullWidth(by: UInt($0))).quotient) }
    }

    /// The share of each hour in a day's traffic (UTC): a quiet night, a peak at lunch, a higher one in the evening.
    private static let dayCurve = [
        22, 15, 11, 9, 9, 13, 24, 43, 64, 80, 92, 101, 108, 104, 97, 94, 98, 108, 121, 130, 122, 98, 66, 39,
    ]

    /// Monday to Sunday, in per cent.
    private static let weekCurve = [100, 103, 104, 102, 108, 84, 72]

    private static func weight(at time: Int64, _ incident: TrafficIncident) -> Int {
        let hourOfDay = Int(time / hour % 24)
        // 1970-01-01 was a Thursday.
        let weekday = Int((time / day + 3) % 7)
        // Users retry when an action fails.
        let load = incident.overlaps(time..<(time + hour)) ? 125 : 100
        return dayCurve[hourOfDay] * weekCurve[weekday] * load
    }

    /// 2^((i − 512) / 128) in 16.16 fixed point: the ratio of a duration to its median.
    static let spread: [UInt64] = {
        var step = 2.0
        for _ in 0..<7 { step = step.squareRoot() }
        var value = 4096.0
        return (0..<1024).map { _ in
            defer { value *= step }
            return UInt64(value)
        }
    }()

    /// A duration in tenths of a millisecond: close to log-normal around `median`, from 1/16 to 16 times the median.
    @inline(__always)
    static func duration(median: UInt64, _ random: inout RandomStream, _ spread: [UInt64]) -> UInt32 {
        let bits = random.next()
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + bits >> 48
        return UInt32(truncatingIfNeeded: max(1, (median &* spread[Int(sum >> 8)]) >> 16))
    }

    /// Weights 1, 2^−s, 3^−s … with s = 1 or ¾, which need no power function.
    static func zipf(_ count: Int, gentle: Bool) -> [Double] {
        (1...count).map { rank in
            let value = Double(rank)
            return gentle ? 1 / (value.squareRoot() * value.squareRoot().squareRoot()) : 1 / value
        }
    }
}
