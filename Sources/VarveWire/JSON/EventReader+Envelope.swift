internal import VarveEvents

/// The top level.
extension EventReader {
    mutating func collect(_ tape: JSONTape, _ index: Int, _ envelope: inout Envelope) -> Problem? {
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
                envelope.data = tag == Tag.object ? value : 0
                envelope.looseData = tag == Tag.object || present == 0 ? 0 : at
                if tag == Tag.object {
                    at = tape.after(value)
                    continue
                }
            case .unknown, .none: envelope.others += 1
            case .offset, .attribute: break
            }
            if tag == Tag.object || tag == Tag.array { envelope.tokens += tape.tokenCount(of: value) - 1 }
            at = tape.after(value)
        }
        if envelope.looseData != 0 { envelope.others += 1 }
        return nil
    }

    private mutating func noteUnknown(_ name: UnsafeRawBufferPointer) -> UInt32 {
        guard envelopeKeys.count < WireLimits.notedNames, name.count <= EventLimits.nameBytes else {
            return 0
        }
        return envelopeKeys.insert(name, field: .unknown)
    }

    mutating func check(_ tape: JSONTape, _ envelope: inout Envelope) -> Problem? {
        if envelope.signal != 0, let problem = checkName(tape, envelope.signal, "signal", envelope) { return problem }
        if isEmptyText(tape, envelope.tenant) { envelope.tenant = 0 }
        if envelope.tenant != 0, let problem = checkName(tape, envelope.tenant, "tenant", envelope) { return problem }
        if envelope.component != 0, let problem = checkText(tape, envelope.component, "component", envelope) { return problem }
        if envelope.session != 0, let problem = checkText(tape, envelope.session, "session", envelope) { return problem }
        if envelope.user != 0, let problem = checkText(tape, envelope.user, "user", envelope) { return problem }
        if isEmptyText(tape, envelope.component) { envelope.component = 0 }
        if isEmptyText(tape, envelope.session) { envelope.session = 0 }
        if isEmptyText(tape, envelope.user) { envelope.user = 0 }
        guard envelope.id != 0 else { return nil }
        guard let count = size(tape, envelope.id, envelope) else { return notText(tape, envelope.id, "id", envelope) }
        guard count > 0, count <= EventLimits.idBytes else {
            return Problem(.badID, "an id has 1 to \(EventLimits.idBytes) bytes, this one has \(count)")
        }
        return nil
    }

    @inline(__always)
    private func isEmptyText(_ tape: JSONTape, _ index: Int) -> Bool {
        index != 0 && tape.type(index) == Tag.string && tape.string(index).isEmpty
    }

    /// The size of the value as a text; nil for an object or a list, which cannot be one.
    @inline(__always)
    private mutating func size(_ tape: JSONTape, _ place: Int, _ envelope: Envelope) -> Int? {
        if tape.type(place) == Tag.string { return tape.string(place).count }
        return tape.type(place) == Tag.object || tape.type(place) == Tag.array ? nil : written(tape, place, envelope).count
    }

    /// An empty text is an absent value.
    @inline(__always)
    private mutating func checkText(
        _ tape: JSONTape, _ place: Int, _ field: StaticString, _ envelope: Envelope
    ) -> Problem? {
        guard let count = size(tape, place, envelope) else { return notText(tape, place, "\(field)", envelope) }
        return count <= EventLimits.stringBytes ? nil : tooLong(Self.key(tape, place), count)
    }

    @inline(__always)
    private mutating func checkName(
        _ tape: JSONTape, _ place: Int, _ field: StaticString, _ envelope: Envelope
    ) -> Problem? {
        if tape.type(place) == Tag.string {
            return isName(tape.string(place)) ? nil : badName("\(field)", tape.string(place).count)
        }
        guard let count = size(tape, place, envelope) else { return notText(tape, place, "\(field)", envelope) }
        return count <= EventLimits.nameBytes ? nil : badName("\(field)", count)
    }

    /// The text of a value that is neither text, object nor list: a number with its digits as written.
    @inline(never)
    mutating func written(_ tape: JSONTape, _ place: Int, _ envelope: Envelope) -> [UInt8] {
        switch tape.type(place) {
        case Tag.yes: return Array("true".utf8)
        case Tag.no: return Array("false".utf8)
        case Tag.uint64: return Array(String(tape.words[place + 1]).utf8)
        // Zero may have a sign.
        case Tag.int64 where tape.int64(place) != 0: return Array(String(tape.int64(place)).utf8)
        default: return numbers.text(tape, place, root: envelope.event, token: envelope.token).map(Array.init) ?? []
        }
    }

    private static func key(_ tape: JSONTape, _ place: Int) -> String {
        String(decoding: tape.string(place - 1), as: UTF8.self)
    }

    /// The refusal of an object or a list where the envelope has a text; the hint is a mapping that takes a part of it.
    @inline(never)
    private func notText(_ tape: JSONTape, _ place: Int, _ field: String, _ envelope: Envelope) -> Problem {
        let key = Self.key(tape, place)
        let hint = textInside(tape, place).map { part in
            mappingHint(tape, envelope.event, field: field, path: key + part)
        }
        return Problem(.wrongType, "\"\(key)\" is \(Tag.name(tape.type(place))), not text", hint: hint)
    }

    /// The path of a text or number inside: `.id` of an object that has one, otherwise its first; `[0]` of a list of texts.
    private func textInside(_ tape: JSONTape, _ place: Int) -> String? {
        guard tape.memberCount(place) > 0 else { return nil }
        if tape.type(place) == Tag.array { return tape.type(place + 1) == Tag.string ? "[0]" : nil }
        var found: String?
        var at = place + 1
        while at < tape.after(place) - 1 {
            let tag = tape.type(at + 1)
            if tag == Tag.string || tag == Tag.int64 || tag == Tag.uint64 {
                let name = String(decoding: tape.string(at).prefix(64), as: UTF8.self)
                if name == "id" { return ".id" }
                found = found ?? ".\(name)"
            }
            at = tape.after(at + 1)
        }
        return found
    }
}
