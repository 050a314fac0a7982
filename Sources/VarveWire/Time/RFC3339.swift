public import VarveEvents

/// Converts between RFC 3339 date-times and nanoseconds since 1970, without calendar, locale or allocation.
///
///     2022-08-22T03:52:54.351773094Z      2022-08-22t05:52:54+02:00      2022-08-22 03:52:54Z
public enum RFC3339 {
    /// All of `text` in nanoseconds since 1970; nil if it is not RFC 3339 or outside 1678 ... 2262. Fractional digits after the
    /// ninth are truncated; second 60 is the first of the next minute.
    public static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard let moment = parts(text) else { return nil }
        let (nanoseconds, overflow) = moment.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = nanoseconds.addingReportingOverflow(moment.nanoseconds)
        return overflow || carry ? nil : sum
    }

    /// Seconds since 1970 and the remaining nanoseconds, for any year from 0 to 9999; nil only if it is not RFC 3339.
    static func parts(_ text: UnsafeRawBufferPointer) -> (seconds: Int64, nanoseconds: Int64)? {
        guard text.count >= 20, text.count <= 64,
            let century = digits2(text, 0), let years = digits2(text, 2), let month = digits2(text, 5),
            let day = digits2(text, 8), let hour = digits2(text, 11), let minute = digits2(text, 14),
            let second = digits2(text, 17), text[4] == 0x2D, text[7] == 0x2D, text[13] == 0x3A, text[16] == 0x3A,
            text[10] | 0x20 == 0x74 || text[10] == 0x20
        else { return nil }
        let year = century * 100 + years
        guard (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year), hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = 19
        var nanoseconds: Int64 = 0
        if text[index] == 0x2E {
            index += 1
            let first = index
            var scale: Int64 = 100_000_000
            while index < text.count, text[index] &- 0x30 < 10 {
                nanoseconds += Int64(text[index] - 0x30) * scale
                scale /= 10
                index += 1
            }
            if index == first { return nil }
        }
        guard let offset = zone(text, index) else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        return (days * 86_400 + hour * 3_600 + minute * 60 + second - offset, nanoseconds)
    }

    /// The offset from UTC in seconds at `index`, which must end the text.
    private static func zone(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int64? {
        guard index < text.count else { return nil }
        if text[index] | 0x20 == 0x7A { return index + 1 == text.count ? 0 : nil }
        guard index + 6 == text.count, text[index] == 0x2B || text[index] == 0x2D, text[index + 3] == 0x3A,
            let hours = digits2(text, index + 1), let minutes = digits2(text, index + 4), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (text[index] == 0x2D ? -1 : 1)
    }

    @inline(__always)
    static func digits2(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int64? {
        let tens = text[index] &- 0x30
        let ones = text[index + 1] &- 0x30
        return tens < 10 && ones < 10 ? Int64(tens) * 10 + Int64(ones) : nil
    }

    static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        CivilDate(year: year, month: month, day: day).daysSince1970
    }

    /// `2022-08-22T03:52:54.351773094Z`: UTC, the fraction without trailing zeros, omitted if zero.
    public static func text(_ time: Timestamp) -> String { time.text }

    /// `2022-08-22`.
    static func dateText(daysSince1970 days: Int64) -> String { CivilDate(daysSince1970: days).text }
}
