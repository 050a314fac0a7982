internal import VarveEvents

/// Times of records, in any notation: text with or without a zone (default UTC) or a time of day, or a number of seconds,
/// milliseconds, microseconds or nanoseconds since 1970, of which only one unit is plausible. A record without a time gets the
/// time at which it is read: the systems' own default is `now()`.
struct RecordTime {
    struct Failure: Error {
        var problem: Problem
    }

    private let clock: EventClock

    init(_ clock: EventClock) {
        self.clock = EventClock(format: .auto, now: Timestamp(nanoseconds: clock.now), zone: clock.zone ?? .utc)
    }

    func read(_ tape: JSONTape, _ place: Int, _ numbers: inout NumberPlaces) -> Result<Int64, Failure> {
        guard place != 0 else { return .success(clock.now) }
        switch tape.type(place) {
        case Tag.string:
            let text = tape.string(place)
            return clock.nanoseconds(text).map { .success($0) } ?? .failure(Failure(problem: clock.problem(text)))
        case Tag.int64:
            let value = tape.int64(place)
            return clock.nanoseconds(value).map { .success($0) } ?? .failure(Failure(problem: clock.problem(value)))
        case Tag.double:
            if let text = numbers.text(tape, place) {
                return clock.nanoseconds(number: text).map { .success($0) }
                    ?? .failure(Failure(problem: clock.problem(number: text)))
            }
        default: break
        }
        return .failure(Failure(problem: Problem(.badTime, "the record's time is \(Tag.name(tape.type(place)))")))
    }
}
