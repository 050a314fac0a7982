/// Times in common notations with the year first: RFC 3339, and notations that differ from it in one respect.
///
///     2026-03-01T10:00:00,123+0200    2026-03-01 10:00:00.5 UTC    2026/03/01 10:00    2026-03-01    2026-03-01T10:00:00 +02
///
/// Dates with the day or the month first are never guessed: their format must be declared.
enum ISOTime {
    enum Reading: Hashable {
        case moment(seconds: Int64, nanoseconds: Int64)
        /// A time without a zone, and no zone was declared.
        case noZone
        case notATime
    }

    /// Parses all of `text`; times without a zone are in `zone`.
    static func read(_ text: UnsafeRawBufferPointer, zone: TimeZoneRule?) -> Reading {
        guard text.count >= 10, text.count <= 64, text[4] == 0x2D || text[4] == 0x2F, text[7] == text[4],
            let century = RFC3339.digits2(text, 0), let years = RFC3339.digits2(text, 2), let month = RFC3339.digits2(text, 5),
            let day = RFC3339.digits2(text, 8)
        else { return .notATime }
        let year = century * 100 + years
        guard (1...12).contains(month), day >= 1, day <= RFC3339.daysIn(month: month, year: year) else { return .notATime }
        var clock = ClockTime()
        var at = 10
        if at < text.count {
            guard text[at] | 0x20 == 0x74 || text[at] == 0x20, let end = clock.read(text, at + 1) else { return .notATime }
            at = end
        }
        let local = RFC3339.daysSince1970(year: year, month: month, day: day) * 86_400 + clock.seconds
        while at < text.count, text[at] == 0x20 { at += 1 }
        if at == text.count {
            guard let zone else { return .noZone }
            return .moment(seconds: zone.utc(local), nanoseconds: clock.nanoseconds)
        }
        guard let offset = offset(text, at) else { return .notATime }
        return .moment(seconds: local - offset, nanoseconds: clock.nanoseconds)
    }

    /// The offset from UTC, in seconds, of `Z`, `UTC`, `GMT`, `+02`, `+0200` or `+02:00` at `at`, which must end the text.
    static func offset(_ text: UnsafeRawBufferPointer, _ at: Int) -> Int64? {
        let rest = text.count - at
        guard rest > 0 else { return nil }
        if rest == 1 { return text[at] | 0x20 == 0x7A ? 0 : nil }
        guard text[at] == 0x2B || text[at] == 0x2D else {
            let word = text[at...].map { $0 & 0xDF }
            return word == Array("UTC".utf8) || word == Array("GMT".utf8) ? 0 : nil
        }
        guard rest == 3 || rest == 5 || rest == 6 && text[at + 3] == 0x3A, let hours = RFC3339.digits2(text, at + 1), hours < 24
        else { return nil }
        let minutes = rest == 3 ? 0 : RFC3339.digits2(text, text.count - 2)
        guard let minutes, minutes < 60 else { return nil }
        return (hours * 3_600 + minutes * 60) * (text[at] == 0x2D ? -1 : 1)
    }
}

/// `10:00`, `10:00:00` or `10:00:00.123456789`, with a point or a comma.
struct ClockTime {
    var seconds: Int64 = 0
    var nanoseconds: Int64 = 0

    /// Returns the end position; nil if there is no time at `start`.
    mutating func read(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        guard start + 5 <= text.count, let hour = RFC3339.digits2(text, start), text[start + 2] == 0x3A,
            let minute = RFC3339.digits2(text, start + 3), hour < 24, minute < 60
        else { return nil }
        seconds = hour * 3_600 + minute * 60
        var at = start + 5
        guard at + 3 <= text.count, text[at] == 0x3A else { return at }
        guard let second = RFC3339.digits2(text, at + 1), second <= 60 else { return nil }
        seconds += second
        at += 3
        guard at < text.count, text[at] == 0x2E || text[at] == 0x2C else { return at }
        at += 1
        let first = at
        nanoseconds = Self.fraction(text, &at)
        return at == first ? nil : at
    }

    /// The nanoseconds of the digits from `at` on; advances `at` past them.
    static func fraction(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> Int64 {
        var value: Int64 = 0
        var scale: Int64 = 100_000_000
        while at < text.count, text[at] &- 0x30 < 10 {
            value += Int64(text[at] - 0x30) * scale
            scale /= 10
            at += 1
        }
        return value
    }
}
