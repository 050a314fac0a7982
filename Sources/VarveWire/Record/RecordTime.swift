internal import VarveEvents

/// Times of records, however a system writes them: RFC 3339, also with a bare hour as its offset (`+00`, as PostgreSQL does) or
/// only a date (midnight in UTC); or a number of seconds, milliseconds, microseconds or nanoseconds since 1970, which no two of
/// can be plausible at once. A record without a time happened when it is read: the systems' own default is `now()`.
struct RecordTime {
    struct Failure: Error {
        var problem: Problem
    }

    let clock: EventClock

    init(_ clock: EventClock) {
        self.clock = clock
    }

    func read(_ tape: JSONTape, _ place: Int) -> Result<Int64, Failure> {
        guard place != 0 else { return .success(clock.now) }
        switch tape.type(place) {
        case Tag.string: return text(tape.string(place))
        case Tag.int64: return integer(tape.int64(place))
        case Tag.double: return fraction(tape.double(place))
        default:
            return .failure(Failure(problem: Problem(.badTime, "the record's time is \(Tag.name(tape.type(place)))")))
        }
    }

    private func text(_ text: UnsafeRawBufferPointer) -> Result<Int64, Failure> {
        if let time = clock.nanoseconds(text) { return .success(time) }
        if !text.isEmpty, text.count < 20, text.allSatisfy({ $0 &- 0x30 < 10 }),
            let number = Int64(String(decoding: text, as: UTF8.self))
        {
            return integer(number)
        }
        // What is missing at the end, where only that is.
        var bytes = Array(text.prefix(64))
        switch text.count {
        case 10: bytes += Array("T00:00:00Z".utf8)
        case 22...: bytes += Array(":00".utf8)
        case 19: bytes += Array("Z".utf8)
        default: break
        }
        if bytes.count > text.count, let time = bytes.withUnsafeBytes({ clock.nanoseconds($0) }) { return .success(time) }
        return .failure(Failure(problem: clock.problem(text)))
    }

    private func integer(_ value: Int64) -> Result<Int64, Failure> {
        for unit in TimeUnit.allCases {
            let (time, overflow) = value.multipliedReportingOverflow(by: unit.nanoseconds)
            if !overflow, time >= clock.earliest, time <= clock.latest { return .success(time) }
        }
        return .failure(outOfRange("\(value)"))
    }

    /// Fractions are of seconds or milliseconds, read to the microsecond.
    private func fraction(_ value: Double) -> Result<Int64, Failure> {
        for factor in [1e6, 1e3] {
            let micros = (value * factor).rounded()
            guard abs(micros) < 9e15 else { continue }
            let time = Int64(micros) * 1_000
            if time >= clock.earliest, time <= clock.latest { return .success(time) }
        }
        return .failure(outOfRange("\(value)"))
    }

    private func outOfRange(_ shown: String) -> Failure {
        Failure(
            problem: Problem(
                .timeOutOfRange, "the time \(shown) is in no unit between 1990 and now plus one day",
                hint: "seconds, milliseconds, microseconds or nanoseconds since 1970, or RFC 3339 text"))
    }
}
