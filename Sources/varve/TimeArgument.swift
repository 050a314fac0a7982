import ArgumentParser
import VarveEvents

/// A moment as it is typed: `2026-01-21`, `2026-01-21T14:00`, `2026-01-21T14:00:30.5Z`, `…+02:00`, or milliseconds since 1970.
/// Without a zone it is UTC.
struct TimeArgument: ExpressibleByArgument {
    let timestamp: Timestamp

    init?(argument: String) {
        if let milliseconds = Int64(argument), argument.count > 8 {
            let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
            if overflow { return nil }
            timestamp = Timestamp(nanoseconds: nanoseconds)
            return
        }
        guard let parsed = Self.parse(Array(argument.utf8)) else { return nil }
        timestamp = parsed
    }

    private static func parse(_ text: [UInt8]) -> Timestamp? {
        var scanner = Scanner(rest: text[...])
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), (1678...2261).contains(year), (1...12).contains(month),
            (1...monthLength(month, year)).contains(day)
        else { return nil }
        var seconds = days(year, month, day) * 86_400
        var nanoseconds: Int64 = 0
        if scanner.skip("T") || scanner.skip("t") || scanner.skip(" ") {
            guard let hour = scanner.number(2), scanner.skip(":"), let minute = scanner.number(2), hour < 24, minute < 60 else {
                return nil
            }
            seconds += hour * 3_600 + minute * 60
            if scanner.skip(":") {
                guard let second = scanner.number(2), second < 60 else { return nil }
                seconds += second
                if scanner.skip(".") {
                    guard let fraction = scanner.fraction() else { return nil }
                    nanoseconds = fraction
                }
            }
            guard let shift = scanner.zone() else { return nil }
            seconds -= shift
        }
        return scanner.rest.isEmpty ? Timestamp(nanoseconds: seconds * 1_000_000_000 + nanoseconds) : nil
    }

    private static func monthLength(_ month: Int64, _ year: Int64) -> Int64 {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01, counting years from March so that the leap day comes last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

private struct Scanner {
    var rest: ArraySlice<UInt8>

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Exactly `count` digits.
    mutating func number(_ count: Int) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1) - 48 }
    }

    /// One to nine digits after the point, as nanoseconds.
    mutating func fraction() -> Int64? {
        let digits = rest.prefix { (48...57).contains($0) }
        guard (1...9).contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1) - 48 }
        return (digits.count..<9).reduce(value) { scaled, _ in scaled * 10 }
    }

    /// Seconds east of UTC; 0 for `Z` and for nothing.
    mutating func zone() -> Int64? {
        if rest.isEmpty || skip("Z") || skip("z") { return 0 }
        let sign: Int64 = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24 else { return nil }
        _ = skip(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
