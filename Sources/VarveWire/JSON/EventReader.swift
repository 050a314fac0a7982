internal import VarveEvents

/// Reads one NDJSON event from a tape into the row of a builder.
///
///     {"id"?, "time"|"ts", "signal", "tenant"?, "component"?, "session_id"|"session"?, "user_id"|"user"?, "data"?: {…}, …}
///
/// Two passes: the top level is collected first, since a row begins with its time and signal wherever they are; then the
/// members of `data` go into columns one by one, followed by the other top-level keys. If a key occurs twice, the last value
/// counts; this is detected by a mark per key, and such an event is read again without the earlier values.
struct EventReader: ~Copyable {
    var clock: EventClock
    /// Whether `observed` is preserved (import) or ignored.
    let keepsObserved: Bool
    var envelopeKeys = KeyTable()
    var attributeKeys = KeyTable()
    var row: UInt32 = 0
    private var generation = 0
    /// Names that could not be stored, with counts.
    var leftOut: [String: Int] = [:]
    private var numbers = NumberPlaces()
    /// The signal of an event without one.
    private let defaultSignal: [UInt8]?

    init(clock: EventClock, keepsObserved: Bool, defaultSignal: String? = nil) {
        self.clock = clock
        self.defaultSignal = defaultSignal.map { Array($0.utf8) }
        self.keepsObserved = keepsObserved
        let fields: [(StaticString, KeyField)] = [
            ("time", .time), ("ts", .time), ("signal", .signal), ("component", .component), ("session_id", .session),
            ("session", .session), ("user_id", .user), ("user", .user), ("data", .data), ("id", .id), ("tenant", .tenant),
            ("offset", .offset), ("observed", .observed),
        ]
        for (name, field) in fields {
            let utf8 = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            _ = envelopeKeys.insert(utf8, field: field)
        }
    }

    /// The positions of the parts of one event on the tape; 0, which is never a value's position, if absent.
    struct Envelope {
        var id = 0
        var signal = 0
        var tenant = 0
        var component = 0
        var session = 0
        var user = 0
        var data = 0
        var time = 0
        var observed = 0
        /// The number of top-level keys that are attributes.
        var others = 0
        /// The number of tokens in the text.
        var tokens = 0
    }

    /// The result of reading an event.
    enum Outcome {
        /// A row is begun and complete: end it, or discard it. `tokens` is the number of tokens of the text.
        case row(observed: Int64?, tokens: Int)
        case refused(Problem)
    }

    /// Begins and fills a row from the value at `index`, whose first token is number `token`.
    mutating func read(
        _ tape: JSONTape, at index: Int, token: Int, into assembler: inout BlockAssembler
    ) -> Outcome {
        if generation != assembler.generation {
            attributeKeys.removeAll()
            generation = assembler.generation
        }
        guard tape.type(index) == Tag.object else {
            return .refused(Problem(.notAnObject, "an event is an object, not \(Tag.name(tape.type(index)))"))
        }
        var envelope = Envelope()
        if let problem = collect(tape, index, &envelope) { return .refused(problem) }
        guard envelope.time != 0 else { return .refused(lacksTime(tape, index)) }
        guard envelope.signal != 0 || defaultSignal != nil else { return .refused(Self.lacksSignal) }
        let time: Int64
        if let moment = self.time(tape, envelope.time) {
            time = moment
        } else {
            switch otherTime(tape, envelope.time, index, token) {
            case .success(let moment): time = moment
            case .failure(let failure): return .refused(failure.problem)
            }
        }
        var observed: Int64?
        if keepsObserved {
            guard envelope.observed != 0, tape.type(envelope.observed) == Tag.string,
                let stamp = RFC3339.parse(tape.string(envelope.observed))
            else { return .refused(Problem(.missingObserved, "\"observed\" is to be kept, but is no RFC 3339 time here")) }
            let (bound, overflow) = clock.now.addingReportingOverflow(EventLimits.clockToleranceNanoseconds)
            guard overflow || stamp <= bound else {
                return .refused(Problem(.observedOutOfRange, "\"observed\" is more than an hour ahead of the clock"))
            }
            observed = stamp
        }
        if let problem = check(tape, &envelope) { return .refused(problem) }
        beginRow(tape, envelope, time, &assembler.builder)
        if envelope.id != 0 { assembler.builder.set(.id, string: tape.string(envelope.id)) }
        if envelope.tenant != 0 { assembler.builder.set(.tenant, string: tape.string(envelope.tenant)) }
        if envelope.component != 0 { assembler.builder.set(.component, string: tape.string(envelope.component)) }
        if envelope.session != 0 { assembler.builder.set(.session, string: tape.string(envelope.session)) }
        if envelope.user != 0 { assembler.builder.set(.user, string: tape.string(envelope.user)) }
        if envelope.data != 0, let problem = readData(tape, time, &envelope, &assembler.builder) {
            assembler.builder.discardRow()
            return .refused(problem)
        }
        if envelope.others > 0, let problem = readOthers(tape, index, envelope, &assembler.builder) {
            assembler.builder.discardRow()
            return .refused(problem)
        }
        return .row(observed: observed, tokens: envelope.tokens)
    }

    static let lacksSignal = Problem(
        .missingSignal, "the event lacks \"signal\"", hint: "--signal NAME gives one to all events that name none")

    @inline(__always)
    func beginRow(_ tape: JSONTape, _ envelope: Envelope, _ time: Int64, _ builder: inout BatchBuilder) {
        if envelope.signal != 0 { return builder.beginRow(time: time, signal: tape.string(envelope.signal)) }
        (defaultSignal ?? []).withUnsafeBytes { builder.beginRow(time: time, signal: $0) }
    }
}

/// The top level.
extension EventReader {
    private mutating func collect(_ tape: JSONTape, _ index: Int, _ envelope: inout Envelope) -> Problem? {
        let end = tape.after(index) - 1
        let members = tape.memberCount(index)
        if members > WireLimits.attributesPerEvent { return tooManyKeys(members) }
        envelope.tokens = 2 + 3 * members + max(members - 1, 0)
        var at = index + 1
        var slot: UInt32 = 0
        while at < end {
            let key = tape.strings + tape.payload(at)
            slot = envelopeKeys.find(key, after: slot)
            if slot == 0 { slot = noteUnknown(tape.string(at)) }
            let value = at + 1
            let tag = tape.type(value)
            let present = tag == Tag.null ? 0 : value
            switch envelopeKeys.slots[Int(slot)].field {
            case .time: envelope.time = present
            case .signal: envelope.signal = present
            case .component: envelope.component = present
            case .session: envelope.session = present
            case .user: envelope.user = present
            case .id: envelope.id = present
            case .tenant: envelope.tenant = present
            case .observed: envelope.observed = present
            case .data:
                // Its tokens are counted when it is read; those of an earlier one are counted here.
                if envelope.data != 0 { envelope.tokens += tape.tokenCount(of: envelope.data) - 1 }
                envelope.data = present
                at = tape.after(value)
                continue
            case .unknown, .none: envelope.others += 1
            case .offset, .attribute: break
            }
            if tag == Tag.object || tag == Tag.array { envelope.tokens += tape.tokenCount(of: value) - 1 }
            at = tape.after(value)
        }
        return nil
    }

    private mutating func noteUnknown(_ name: UnsafeRawBufferPointer) -> UInt32 {
        guard envelopeKeys.count < WireLimits.notedNames, name.count <= EventLimits.nameBytes else {
            return 0
        }
        return envelopeKeys.insert(name, field: .unknown)
    }

    @inline(__always)
    func time(_ tape: JSONTape, _ index: Int) -> Int64? {
        switch tape.type(index) {
        case Tag.int64: clock.nanoseconds(tape.int64(index))
        case Tag.string: clock.nanoseconds(tape.string(index))
        default: nil
        }
    }

    /// A time that is neither an integer nor text, or is not plausible.
    @inline(never)
    private mutating func otherTime(
        _ tape: JSONTape, _ index: Int, _ event: Int, _ token: Int
    ) -> Result<Int64, RecordTime.Failure> {
        let problem: Problem
        switch tape.type(index) {
        case Tag.int64: problem = clock.problem(tape.int64(index))
        case Tag.string: problem = clock.problem(tape.string(index))
        case Tag.double:
            numbers.removeAll()
            guard let text = numbers.text(tape, index, root: event, token: token) else { fallthrough }
            if let time = clock.nanoseconds(number: text) { return .success(time) }
            problem = clock.problem(number: text)
        default:
            problem = Problem(.badTime, "\"time\" is \(Tag.name(tape.type(index))), not a number or RFC 3339 text")
        }
        return .failure(RecordTime.Failure(problem: problem))
    }

    private func check(_ tape: JSONTape, _ envelope: inout Envelope) -> Problem? {
        if envelope.signal != 0, let problem = checkName(tape, envelope.signal, "signal") { return problem }
        if isEmptyText(tape, envelope.tenant) { envelope.tenant = 0 }
        if envelope.tenant != 0, let problem = checkName(tape, envelope.tenant, "tenant") { return problem }
        if envelope.component != 0, let problem = checkText(tape, &envelope.component, "component") { return problem }
        if envelope.session != 0, let problem = checkText(tape, &envelope.session, "session_id") { return problem }
        if envelope.user != 0, let problem = checkText(tape, &envelope.user, "user_id") { return problem }
        if envelope.data != 0, tape.type(envelope.data) != Tag.object {
            return wrongType(tape, envelope.data, "data", "an object")
        }
        guard envelope.id != 0 else { return nil }
        guard tape.type(envelope.id) == Tag.string else { return wrongType(tape, envelope.id, "id", "text") }
        let count = tape.string(envelope.id).count
        guard count > 0, count <= EventLimits.idBytes else {
            return Problem(.badID, "an id has 1 to \(EventLimits.idBytes) bytes, this one has \(count)")
        }
        return nil
    }

    @inline(__always)
    private func isEmptyText(_ tape: JSONTape, _ index: Int) -> Bool {
        index != 0 && tape.type(index) == Tag.string && tape.string(index).isEmpty
    }

    /// An empty text is an absent value.
    @inline(__always)
    private func checkText(_ tape: JSONTape, _ index: inout Int, _ name: StaticString) -> Problem? {
        guard tape.type(index) == Tag.string else { return wrongType(tape, index, "\(name)", "text") }
        let count = tape.string(index).count
        if count == 0 { index = 0 }
        return count <= EventLimits.stringBytes ? nil : tooLong("\(name)", count)
    }

    @inline(__always)
    private func checkName(_ tape: JSONTape, _ index: Int, _ name: StaticString) -> Problem? {
        guard tape.type(index) == Tag.string else { return wrongType(tape, index, "\(name)", "text") }
        return isName(tape.string(index)) ? nil : badName("\(name)", tape.string(index).count)
    }

    private func wrongType(_ tape: JSONTape, _ index: Int, _ name: String, _ wanted: String) -> Problem {
        let hint = wanted == "text" && tape.type(index) == Tag.int64 ? "write it in quotes" : nil
        return Problem(.wrongType, "\"\(name)\" is \(Tag.name(tape.type(index))), not \(wanted)", hint: hint)
    }
}
