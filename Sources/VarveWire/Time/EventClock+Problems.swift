internal import VarveEvents

/// Why a value is not a time, with what is missing or was probably meant.
extension EventClock {
    /// Why the integer is not a valid time, with a guess at the intended unit.
    func problem(_ value: Int64) -> Problem {
        var text = String(value)
        return text.withUTF8 { problem(number: UnsafeRawBufferPointer($0)) }
    }

    /// Why the number, as written, is not a valid time.
    func problem(number text: UnsafeRawBufferPointer, point: UInt8 = 0x2E) -> Problem {
        let shown = String(decoding: text.prefix(64), as: UTF8.self)
        let likely = TimeUnit.allCases.first { unit in
            guard unit != format.unit, case .nanoseconds(let value) = EpochNumber.read(text, unit: unit, point: point)
            else { return false }
            return isPlausible(value)
        }
        let hint = likely.map { "it looks like \(name($0)): --time-unit \($0.rawValue), or unit: \($0.rawValue) in a mapping" }
        if format == .auto {
            return Problem(
                .timeOutOfRange, "the time \(shown) is in no unit between 1990 and now plus one day",
                hint: "seconds, milliseconds, microseconds or nanoseconds since 1970, or RFC 3339 text")
        }
        guard let unit = format.unit else {
            return Problem(.badTime, "the time is the number \(shown), but times are stated to be RFC 3339 text", hint: hint)
        }
        return Problem(
            .timeOutOfRange, "the time \(shown), read as \(name(unit)), is not between 1990 and now plus one day", hint: hint)
    }

    /// Why the text is not a valid time.
    func problem(_ text: UnsafeRawBufferPointer) -> Problem {
        let shown = String(decoding: text.prefix(64), as: UTF8.self)
        if EpochNumber.isNumber(text) { return problem(number: text) }
        switch ISOTime.read(text, zone: zone) {
        case .moment: return Problem(.timeOutOfRange, "the time \(shown) is not between 1990 and now plus one day")
        case .noZone:
            return Problem(
                .badTime, "the time \"\(shown)\" has no zone",
                hint: "end it in Z or +02:00, or declare one: --zone UTC, or zone: in a mapping")
        case .notATime:
            return Problem(.badTime, "\"\(shown)\" is not an RFC 3339 time", hint: Self.hint(text))
        }
    }

    /// A hint from the look of the text.
    private static func hint(_ text: UnsafeRawBufferPointer) -> String {
        let shape = String(
            decoding: text.prefix(40).map { byte -> UInt8 in
                if byte &- 0x30 < 10 { return 0x39 }
                return (0x61...0x7A).contains(byte | 0x20) ? 0x61 : byte
            }, as: UTF8.self)
        if shape.hasPrefix("99/aaa/9999:") {
            return "it looks like an access log's: format: \"%d/%b/%Y:%H:%M:%S %z\" in a mapping"
        }
        for prefix in ["99/99/9999", "99.99.9999", "99-99-9999", "9/9/9999", "9/99/9999", "99/9/9999"]
        where shape.hasPrefix(prefix) {
            return "day first or month first is not guessed: declare it, as in format: \"%d/%m/%Y %H:%M:%S\" in a mapping"
        }
        if shape.hasPrefix("aaa 99 99:99:99") || shape.hasPrefix("aaa  9 99:99:99"), !shape.contains("9999") {
            return "it has no zone, as syslog has none: --zone UTC, or zone: in a mapping; in other formats declare also how it "
                + "is written, as in format: \"%b %e %H:%M:%S\" in a mapping"
        }
        if shape.hasPrefix("aaa ") || shape.hasPrefix("99 aaa ") || shape.hasPrefix("aaa, ") {
            return "declare how it is written, as in format: \"%b %d %Y %H:%M:%S\" in a mapping"
        }
        return "write it as 2026-01-31T23:59:59.123Z"
    }

    private func name(_ unit: TimeUnit) -> String {
        switch unit {
        case .seconds: "seconds"
        case .milliseconds: "milliseconds"
        case .microseconds: "microseconds"
        case .nanoseconds: "nanoseconds"
        }
    }
}

extension TimeUnit {
    /// The exponent: 10 to this power nanoseconds are one of the unit.
    var decimals: Int {
        switch self {
        case .seconds: 9
        case .milliseconds: 6
        case .microseconds: 3
        case .nanoseconds: 0
        }
    }
}
