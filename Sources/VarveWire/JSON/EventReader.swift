internal import VarveEvents

/// Reads one NDJSON event from a tape into the row of a builder.
///
///     {"id"?, "time"|"ts", "signal", "tenant"?, "component"?, "session_id"|"session"?, "user_id"|"user"?, "data"?: {…}, …}
///
/// A number or boolean in the envelope is the text that is written. A `data` that is no object is an attribute of that name.
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
    var numbers = NumberPlaces()
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
        /// The key of a `data` that is no object.
        var looseData = 0
        var time = 0
        var observed = 0
        /// The number of top-level keys that are attributes.
        var others = 0
        /// The number of tokens in the text.
        var tokens = 0
        /// The event itself, and the number of its first token.
        let event: Int
        let token: Int

        init(event: Int, token: Int) {
            self.event = event
            self.token = token
        }
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
        numbers.removeAll()
        var envelope = Envelope(event: index, token: token)
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

    /// Begins a row and sets its envelope, which has been checked.
    @inline(__always)
    mutating func beginRow(_ tape: JSONTape, _ envelope: Envelope, _ time: Int64, _ builder: inout BatchBuilder) {
        if envelope.signal == 0 {
            (defaultSignal ?? []).withUnsafeBytes { builder.beginRow(time: time, signal: $0) }
        } else if tape.type(envelope.signal) == Tag.string {
            builder.beginRow(time: time, signal: tape.string(envelope.signal))
        } else {
            written(tape, envelope.signal, envelope).withUnsafeBytes { builder.beginRow(time: time, signal: $0) }
        }
        if envelope.id != 0 { set(.id, tape, envelope.id, envelope, &builder) }
        if envelope.tenant != 0 { set(.tenant, tape, envelope.tenant, envelope, &builder) }
        if envelope.component != 0 { set(.component, tape, envelope.component, envelope, &builder) }
        if envelope.session != 0 { set(.session, tape, envelope.session, envelope, &builder) }
        if envelope.user != 0 { set(.user, tape, envelope.user, envelope, &builder) }
    }

    @inline(__always)
    private mutating func set(
        _ handle: ColumnHandle, _ tape: JSONTape, _ place: Int, _ envelope: Envelope, _ builder: inout BatchBuilder
    ) {
        guard tape.type(place) != Tag.string else { return builder.set(handle, string: tape.string(place)) }
        written(tape, place, envelope).withUnsafeBytes { builder.set(handle, string: $0) }
    }
}
