internal import VarveEvents

/// Times as RFC 3339 in a text; the date of the last day is kept.
struct PrintedTime {
    private var day = Int64.min
    private var date: [UInt8] = []

    /// The same text as `RFC3339.text`.
    mutating func put(_ nanoseconds: Int64, to text: TextBuffer) {
        var (days, rest) = nanoseconds.quotientAndRemainder(dividingBy: 86_400_000_000_000)
        if rest < 0 {
            rest += 86_400_000_000_000
            days -= 1
        }
        if days != day {
            day = days
            date = Array(RFC3339.dateText(daysSince1970: days).utf8)
        }
        text.put(date)
        let (seconds, fraction) = UInt64(bitPattern: rest).quotientAndRemainder(dividingBy: 1_000_000_000)
        text.put(UInt8(ascii: "T"))
        text.put(seconds / 3_600, digits: 2)
        text.put(UInt8(ascii: ":"))
        text.put(seconds / 60 % 60, digits: 2)
        text.put(UInt8(ascii: ":"))
        text.put(seconds % 60, digits: 2)
        if fraction > 0 {
            var (left, digits) = (fraction, 9)
            while left.isMultiple(of: 10) {
                left /= 10
                digits -= 1
            }
            text.put(UInt8(ascii: "."))
            text.put(left, digits: digits)
        }
        text.put(UInt8(ascii: "Z"))
    }
}
