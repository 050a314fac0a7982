internal import VarveEvents

/// Writes rows from the fields of records, according to a mapping.
struct FieldRowWriter: ~Copyable {
    private let rules: FieldRules
    private let evaluator: FieldEvaluator
    private var clocks: [EventClock]
    private let fallback: EventClock
    private let defaultSignal: [UInt8]?
    private var attributes: AttributeTable
    private var alternatives: FieldAlternatives
    /// Whether alternatives that gave no value are kept; otherwise they are counted.
    private let keepsRest: Bool
    /// The sources that are nothing but a field are read without evaluating them.
    private let slots: PlainSlots

    init(_ rules: FieldRules, options: DecodeOptions, keepsRest: Bool) {
        self.rules = rules
        self.keepsRest = keepsRest
        slots = PlainSlots(rules)
        alternatives = FieldAlternatives(rules)
        evaluator = FieldEvaluator(path: options.path, point: rules.point)
        clocks = rules.times.map { rule in
            var format = TimeFormat.auto
            if case .format(let declared) = rule.notation { format = declared }
            return EventClock(format: format, now: options.now, zone: rule.zone ?? options.zone)
        }
        fallback = EventClock(format: .auto, now: options.now)
        defaultSignal = options.defaultSignal.map { Array($0.utf8) }
        attributes = AttributeTable(rules.attributes, point: rules.point)
    }

    mutating func set(now: Timestamp) {
        for index in clocks.indices { clocks[index].set(now: now) }
    }

    /// The names of fields that could not be stored, with counts.
    var leftOut: [String: Int] { attributes.leftOut }

    /// Begins and fills a row; if there is a problem, no row is begun.
    mutating func write(_ record: borrowing FieldRecord, _ assembler: inout BlockAssembler) -> Problem? {
        attributes.begin(generation: assembler.generation)
        let (time, timeRule): (Int64, Int)
        switch self.time(record) {
        case .success(let found): (time, timeRule) = found
        case .failure(let failure): return failure.problem
        }
        let signal: UnsafeRawBufferPointer
        if let text = text(slots.signal, rules.signal, record) {
            signal = text
        } else if let defaultSignal {
            signal = record.arena.keep(defaultSignal)
        } else {
            return Problem(
                .missingSignal, "the record has no signal: its field is empty, or the value is not mapped",
                hint: "--signal NAME gives one to all records that name none")
        }
        guard isName(signal) else { return badName("the signal", signal.count) }
        assembler.builder.beginRow(time: time, signal: signal)
        let problem = fill(record, timeRule, &assembler.builder)
        if problem != nil { assembler.builder.discardRow() }
        return problem
    }

    private mutating func fill(
        _ record: borrowing FieldRecord, _ timeRule: Int, _ builder: inout BatchBuilder
    ) -> Problem? {
        if let problem = setID(record, &builder) { return problem }
        if let text = text(rules.tenant, record) {
            guard isName(text) else { return badName("the tenant", text.count) }
            builder.set(.tenant, string: text)
        }
        let component = text(slots.component, rules.component, record)
        if let problem = set(.component, "component", component, &builder) { return problem }
        let session = text(slots.session, rules.session, record)
        if let problem = set(.session, "session", session, &builder) { return problem }
        let user = text(slots.user, rules.user, record)
        if let problem = set(.user, "user", user, &builder) { return problem }
        attributes.nextRow()
        for number in 0..<slots.attributes.count {
            let slot = slots.attributes[number]
            let value = slot >= 0 ? record.values[slot] : evaluator.value(rules.attributes[number].source, record)
            if !value.isAbsent, let problem = attributes.set(number, value, record.arena, &builder) { return problem }
        }
        let unused = alternatives.unused(record, time: timeRule, evaluator)
        let count = record.rest.count + rules.attributes.count + (keepsRest ? unused.count : 0)
        if count > WireLimits.attributesPerEvent { return tooManyKeys(count) }
        attributes.beginRest()
        for slot in unused {
            guard keepsRest else {
                attributes.count(leftOut: rules.fields[slot])
                continue
            }
            let name = record.arena.keep(rules.fields[slot])
            if let problem = attributes.setRest(name, record.values[slot], &builder) { return problem }
        }
        // In reverse order: if a name occurs twice, the last value counts.
        for (name, value) in record.rest.reversed() {
            if let problem = attributes.setRest(name, value, &builder) { return problem }
        }
        return nil
    }

    @inline(__always)
    private func set(
        _ handle: ColumnHandle, _ name: StaticString, _ text: UnsafeRawBufferPointer?, _ builder: inout BatchBuilder
    ) -> Problem? {
        guard let text else { return nil }
        guard text.count <= EventLimits.stringBytes else { return tooLong("\(name)", text.count) }
        builder.set(handle, string: text)
        return nil
    }

    /// The text in `slot`, where the source is nothing but a field, else the value of the source.
    @inline(__always)
    private func text(
        _ slot: Int, _ source: FieldSource?, _ record: borrowing FieldRecord
    ) -> UnsafeRawBufferPointer? {
        slot >= 0 ? record.values[slot].asText(record.arena) : text(source, record)
    }

    private func text(_ source: FieldSource?, _ record: borrowing FieldRecord) -> UnsafeRawBufferPointer? {
        guard let source else { return nil }
        return evaluator.value(source, record).asText(record.arena)
    }

    /// The values of the id's fields, joined by `/`; in the parts of a joined id `/` and `\` follow a `\`, so that different
    /// parts never give the same id. If all are absent, there is no id. If some are absent, the record is
    /// refused, unless the id is nullable.
    private func setID(_ record: borrowing FieldRecord, _ builder: inout BatchBuilder) -> Problem? {
        if rules.id.isEmpty { return nil }
        var bytes: [UInt8] = []
        var absent = 0
        for (part, source) in rules.id.enumerated() {
            if part > 0 { bytes.append(0x2F) }
            guard let text = evaluator.value(source, record).asText(record.arena) else {
                absent += 1
                continue
            }
            guard bytes.count + text.count <= EventLimits.idBytes else {
                return Problem(.badID, "an id has 1 to \(EventLimits.idBytes) bytes: its parts have more")
            }
            for byte in text {
                if rules.id.count > 1, byte == 0x2F || byte == 0x5C { bytes.append(0x5C) }
                bytes.append(byte)
            }
        }
        if absent == rules.id.count { return nil }
        guard absent == 0 || rules.isIDNullable else {
            return Problem(
                .badID, "an id has 1 to \(EventLimits.idBytes) bytes: a part of it is empty",
                hint: "id: {columns: [...], nullable: true} takes it")
        }
        guard bytes.count <= EventLimits.idBytes else {
            return Problem(.badID, "an id has 1 to \(EventLimits.idBytes) bytes: its parts have more")
        }
        bytes.withUnsafeBytes { builder.set(.id, string: $0) }
        return nil
    }
}

/// The time.
extension FieldRowWriter {
    /// The time by the first rule that yields one, with the rule's number; otherwise the failure of the first rule that had a
    /// value.
    private func time(_ record: borrowing FieldRecord) -> Result<(Int64, Int), RecordTime.Failure> {
        if slots.time >= 0 {
            let value = record.values[slots.time]
            // An absent time is explained below.
            if !value.isAbsent { return read(value, clocks[0]).map { ($0, 0) } }
        }
        var problem: Problem?
        for (number, rule) in rules.times.enumerated() {
            let value = evaluator.value(rule.source, record)
            if value.isAbsent { continue }
            switch read(value, rule, clocks[number], record) {
            case .success(let time): return .success((time, number))
            case .failure(let failure): problem = problem ?? failure.problem
            }
        }
        let missing = Problem(.missingTime, rules.times.count > 1 ? "no time field has a value" : "the time field is empty")
        return .failure(RecordTime.Failure(problem: problem ?? missing))
    }

    private func read(
        _ value: FieldValue, _ rule: FieldRules.TimeRule, _ clock: EventClock, _ record: borrowing FieldRecord
    ) -> Result<Int64, RecordTime.Failure> {
        guard case .patterns(let patterns) = rule.notation else { return read(value, clock) }
        guard let text = value.asText(record.arena) else {
            return .failure(RecordTime.Failure(problem: Problem(.missingTime, "the time field is empty")))
        }
        var lacksZone = false
        for pattern in patterns {
            switch pattern.read(text, zone: clock.zone, latest: clock.latest) {
            case .moment(let time):
                if clock.isPlausible(time) { return .success(time) }
                return .failure(
                    RecordTime.Failure(
                        problem: Problem(.timeOutOfRange, "the time is not between 1990 and now plus one day")))
            case .noZone: lacksZone = true
            case .notATime: break
            }
        }
        let shown = String(decoding: text.prefix(64), as: UTF8.self)
        let formats = patterns.map(\.text).joined(separator: "\" or \"")
        let problem =
            lacksZone
            ? Problem(
                .badTime, "the time \"\(shown)\" has no zone", hint: "declare one: zone: UTC in the mapping, or --zone UTC")
            : Problem(.badTime, "\"\(shown)\" is not a time like \"\(formats)\"")
        return .failure(RecordTime.Failure(problem: problem))
    }

    private func read(_ value: FieldValue, _ clock: EventClock) -> Result<Int64, RecordTime.Failure> {
        let (time, problem): (Int64?, Problem)
        switch value {
        case .text(let text):
            if EpochNumber.isNumber(text, point: rules.point) {
                time = clock.nanoseconds(number: text, point: rules.point)
                problem = clock.problem(number: text, point: rules.point)
            } else {
                (time, problem) = (clock.nanoseconds(text), clock.problem(text))
            }
        case .int64(let number): (time, problem) = (clock.nanoseconds(number), clock.problem(number))
        case .double(_, let text): (time, problem) = (clock.nanoseconds(number: text), clock.problem(number: text))
        case .absent, .bool, .json: (time, problem) = (nil, Problem(.badTime, "the time is no number and no text"))
        }
        return time.map { .success($0) } ?? .failure(RecordTime.Failure(problem: problem))
    }
}
