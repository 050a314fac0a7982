extension Timestamp {
    /// `2026-01-21T14:02:09.125Z`: RFC 3339 in UTC, with as many fractional digits as needed.
    package var text: String {
        let second: Int64 = 1_000_000_000
        var (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: second)
        if rest < 0 { (seconds, rest) = (seconds - 1, rest + second) }
        var (days, clock) = seconds.quotientAndRemainder(dividingBy: 86_400)
        if clock < 0 { (days, clock) = (days - 1, clock + 86_400) }
        var text = CivilDate(daysSince1970: days).text
        text += "T\((clock / 3_600).zeroPadded(2)):\((clock / 60 % 60).zeroPadded(2)):\((clock % 60).zeroPadded(2))"
        if rest > 0 {
            var digits = rest.zeroPadded(9)
            while digits.hasSuffix("0") { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }
}
