internal import VarveEvents

/// Reads event times and refuses what cannot be one: before 1990, or more than a day ahead of `now`.
struct EventClock: Sendable {
    let format: TimeFormat
    let earliest: Int64
    private(set) var now: Int64
    private(set) var latest: Int64
    private let factor: Int64

    init(format: TimeFormat, now: Timestamp) {
        self.format = format
        factor = format.unit?.nanoseconds ?? 0
        earliest = EventLimits.earliestTime.nanoseconds
        self.now = now.nanoseconds
        latest = .min
        set(now: now)
    }

    /// Time has passed.
    mutating func set(now: Timestamp) {
        self.now = now.nanoseconds
        let (latest, overflow) = now.nanoseconds.addingReportingOverflow(EventLimits.futureNanoseconds)
        self.latest = overflow ? .max : latest
    }

    /// Nanoseconds of an integer in the unit of this clock; nil when it is not plausible: ask `problem` why.
    @inline(__always)
    func nanoseconds(_ value: Int64) -> Int64? {
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        return !overflow && product >= earliest && product <= latest ? product : nil
    }

    /// Nanoseconds of RFC 3339 text; nil when it is none or not plausible: ask `problem` why.
    @inline(__always)
    func nanoseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard let value = RFC3339.parse(text), value >= earliest, value <= latest else { return nil }
        return value
    }

    /// Why the integer is no time, with a guess at the unit that was meant.
    func problem(_ value: Int64) -> Problem {
        guard let unit = format.unit else {
            return Problem(
                .badTime, "the time is the integer \(value), but times are stated to be RFC 3339 text",
                hint: likelyUnit(value).map { "it looks like \(name($0)): --time-unit \($0.rawValue)" })
        }
        return Problem(
            .timeOutOfRange, "the time \(value), read as \(name(unit)), is not between 1990 and now plus one day",
            hint: likelyUnit(value).map { "it looks like \(name($0)): --time-unit \($0.rawValue)" })
    }

    /// Why the text is no time.
    func problem(_ text: UnsafeRawBufferPointer) -> Problem {
        let shown = String(decoding: text.prefix(64), as: UTF8.self)
        if RFC3339.parts(text) != nil {
            return Problem(.timeOutOfRange, "the time \(shown) is not between 1990 and now plus one day")
        }
        let isDigits = !text.isEmpty && text.allSatisfy { $0 &- 0x30 < 10 }
        return Problem(
            .badTime, "\"\(shown)\" is not an RFC 3339 time",
            hint: isDigits ? "write an integer without quotes" : "write it as 2026-01-31T23:59:59.123Z")
    }

    private func likelyUnit(_ value: Int64) -> TimeUnit? {
        TimeUnit.allCases.first { unit in
            let (product, overflow) = value.multipliedReportingOverflow(by: unit.nanoseconds)
            return !overflow && product >= earliest && product <= latest && unit != format.unit
        }
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
    /// 10 to this power nanoseconds are one of the unit.
    var decimals: Int {
        switch self {
        case .seconds: 9
        case .milliseconds: 6
        case .microseconds: 3
        case .nanoseconds: 0
        }
    }
}
