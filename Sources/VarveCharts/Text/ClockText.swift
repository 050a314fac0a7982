/// Moments as a page shows them, in UTC. Moments are nanoseconds since 1970.
public enum ClockText {
    private static let second: Int64 = 1_000_000_000
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

    /// A moment's parts.
    public struct Parts: Hashable, Sendable {
        public var year: Int64
        public var month: Int
        public var day: Int
        /// 0 is Monday.
        public var weekday: Int
        public var hour: Int
        public var minute: Int
        public var second: Int
        fileprivate var days: Int64
    }

    public static func parts(_ nanoseconds: Int64) -> Parts {
        let seconds = floor(nanoseconds, second)
        let days = floor(seconds, 86_400)
        let clock = Int(seconds - days * 86_400)
        let date = civil(days)
        let sinceThursday = Int(((days % 7) + 7) % 7)
        return Parts(
            year: date.year, month: date.month, day: date.day, weekday: (sinceThursday + 3) % 7, hour: clock / 3_600,
            minute: clock / 60 % 60, second: clock % 60, days: days)
    }

    /// `14:06`.
    public static func time(_ nanoseconds: Int64) -> String {
        let parts = parts(nanoseconds)
        return two(parts.hour) + ":" + two(parts.minute)
    }

    /// `14:06:30`.
    public static func timeWithSeconds(_ nanoseconds: Int64) -> String {
        time(nanoseconds) + ":" + two(parts(nanoseconds).second)
    }

    /// `Sat 28 Nov`.
    public static func day(_ nanoseconds: Int64) -> String {
        let parts = parts(nanoseconds)
        return "\(weekdays[Int(((parts.days % 7) + 7) % 7)]) \(parts.day) \(months[parts.month - 1])"
    }

    /// `Sat 28`.
    static func shortDay(_ nanoseconds: Int64) -> String {
        let parts = parts(nanoseconds)
        return "\(weekdays[Int(((parts.days % 7) + 7) % 7)]) \(parts.day)"
    }

    /// `28 Nov 2026`.
    public static func date(_ nanoseconds: Int64) -> String {
        let parts = parts(nanoseconds)
        return "\(parts.day) \(months[parts.month - 1]) \(parts.year)"
    }

    /// `Sat 28 Nov 14:06`.
    public static func dayAndTime(_ nanoseconds: Int64) -> String { day(nanoseconds) + " " + time(nanoseconds) }

    /// `2026-11-28T14:06:30Z`.
    public static func iso(_ nanoseconds: Int64) -> String {
        let parts = parts(nanoseconds)
        var year = String(parts.year)
        if year.count < 4 { year = String(repeating: "0", count: 4 - year.count) + year }
        return "\(year)-\(two(parts.month))-\(two(parts.day))T\(timeWithSeconds(nanoseconds))Z"
    }

    /// A length of time in words: `58 min`, `1 h 07 min`, `0.4 s`.
    public static func length(_ nanoseconds: Int64) -> String {
        let thin = "\u{202F}"
        let seconds = Double(nanoseconds) / 1e9
        switch seconds {
        case ..<10: return NumberText.shortest(max(0, seconds), decimals: 1) + thin + "s"
        case ..<90: return NumberText.grouped(seconds, decimals: 0) + thin + "s"
        case ..<5_400: return NumberText.grouped((seconds / 60).rounded(), decimals: 0) + thin + "min"
        case ..<172_800:
            let minutes = Int((seconds / 60).rounded())
            let rest = minutes % 60
            return "\(minutes / 60)\(thin)h" + (rest == 0 ? "" : " \(two(rest))\(thin)min")
        default: return NumberText.grouped((seconds / 86_400).rounded(), decimals: 0) + thin + "days"
        }
    }

    static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func floor(_ value: Int64, _ by: Int64) -> Int64 {
        let quotient = value / by
        return value % by < 0 ? quotient - 1 : quotient
    }

    /// Counted in years that begin in March, so that the day a leap year adds comes last.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floor(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = Int(fromMarch < 10 ? fromMarch + 3 : fromMarch - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, Int(dayOfYear - (153 * fromMarch + 2) / 5 + 1))
    }
}
