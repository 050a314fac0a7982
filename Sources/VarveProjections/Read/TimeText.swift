package import VarveEvents

extension Timestamp {
    /// `2026-01-21T14:02:09.125Z`: in UTC, with as many fractional digits as needed.
    package var text: String {
        let second: Int64 = 1_000_000_000
        var (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: second)
        if rest < 0 { (seconds, rest) = (seconds - 1, rest + second) }
        var (days, clock) = seconds.quotientAndRemainder(dividingBy: 86_400)
        if clock < 0 { (days, clock) = (days - 1, clock + 86_400) }
        let date = CivilDate(daysSince1970: days)
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        text += "T\(padded(clock / 3_600, 2)):\(padded(clock / 60 % 60, 2)):\(padded(clock % 60, 2))"
        if rest > 0 {
            var digits = padded(rest, 9)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }
}

/// A day of the Gregorian calendar.
struct CivilDate: Hashable {
    var year: Int64
    var month: Int64
    var day: Int64

    /// Counted in years that begin in March, so that a leap day is the last day of its year.
    init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
