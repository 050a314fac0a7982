public import VarveEvents
public import VarveHash

/// The fold of a session definition.
extension SessionDefinition: SequentialProjection {
    public var fields: [Field] { key + attributes.map(\.field) }

    public var parameters: [UInt8] { parameters(.byTime) }

    /// The fold's version, as encoded in the parameters.
    private enum Form {
        /// Minima and maxima were compared as doubles.
        case asDoubles
        /// Events counted in log order.
        case byOffset
        case byTime
    }

    /// The fingerprints of definitions whose events counted in log order.
    public var former: [SHA256Digest] {
        let forms: [Form] = hasExtremes ? [.byOffset, .asDoubles] : [.byOffset]
        return forms.map { fingerprint(parameters: parameters($0)) }
    }

    private var hasExtremes: Bool { attributes.contains { $0.choice == .least || $0.choice == .greatest } }

    private func parameters(_ form: Form) -> [UInt8] {
        var out = DefinitionWriter()
        out.text("sessions")
        out.number(Int64(key.count))
        out.number(gap)
        out.list(attributes) { out, attribute in
            out.text(attribute.name)
            out.field(attribute.field)
            out.tag(attribute.choice.rawValue)
        }
        if form != .asDoubles, hasExtremes { out.text("exact") }
        if form == .byTime { out.text("by time") }
        return out.bytes
    }

    public func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<SessionEntry>) throws(PoisonedEvent) {
        guard let id = event.key(Array(key.indices)) else { return }
        guard id.count < SequentialEntries<SessionEntry>.keyBytesMax else {
            throw PoisonedEvent(view: name, offset: event.offset, reason: "its key has \(id.count) bytes")
        }
        let time = event.time.nanoseconds
        let newest = id + KeyBytes.null
        guard let known = entries[newest] else { return entries.update(newest) { $0 = session(1, event) } }
        if known.reaches(time, gap) {
            extend(newest, known, by: event, id, &entries)
        } else if time > known.end {
            guard !entries.isFull else { return entries.leaveOut() }
            entries.move(newest, to: Self.key(id, known.number)) { _ in }
            entries.update(newest) { $0 = session(known.number + 1, event) }
        } else {
            takeLate(event, known.number, id, &entries)
        }
    }

    /// Folds an event that is older than the newest session, whose number is `count`. O(later sessions of the key).
    private func takeLate(
        _ event: SequentialEvent, _ count: Int64, _ id: [UInt8], _ entries: inout SequentialEntries<SessionEntry>
    ) {
        let time = event.time.nanoseconds
        var before = count - 1
        while before > 0, let older = entries[Self.key(id, before)] {
            if older.reaches(time, gap) {
                // The newest session is kept as long as any older one: it has the number of sessions.
                entries.update(id + KeyBytes.null) { _ in }
                return extend(Self.key(id, before), older, by: event, id, &entries)
            }
            if time > older.end { break }
            before -= 1
        }
        guard !entries.isFull else { return entries.leaveOut() }
        var new = session(before + 1, event)
        // Older sessions have been removed, and the event may belong to one of them.
        if before > 0, entries[Self.key(id, before)] == nil { new.late = 1 }
        entries.update(id + KeyBytes.null) { $0?.number += 1 }
        for number in stride(from: count - 1, to: before, by: -1) {
            entries.move(Self.key(id, number), to: Self.key(id, number + 1)) { $0.number += 1 }
        }
        entries.update(Self.key(id, before + 1)) { $0 = new }
    }

    /// Adds an event to the session `known` under `place`, which it reaches, and joins that session with a neighbour if it now
    /// reaches it.
    private func extend(
        _ place: [UInt8], _ known: SessionEntry, by event: SequentialEvent, _ id: [UInt8],
        _ entries: inout SequentialEntries<SessionEntry>
    ) {
        var whole = known
        add(event, to: &whole)
        if whole.start < known.start, known.number > 1, let before = entries[Self.key(id, known.number - 1)],
            before.reaches(whole.start, gap)
        {
            join(before, whole, under: place, id, &entries)
            return
        }
        let newest = id + KeyBytes.null
        if whole.end > known.end, place != newest {
            let next =
                entries[Self.key(id, known.number + 1)].map { (Self.key(id, known.number + 1), $0) }
                ?? entries[newest].map { (newest, $0) }
            if let (other, after) = next, after.number == known.number + 1, after.reaches(whole.end, gap) {
                join(whole, after, under: other, id, &entries)
                return
            }
        }
        entries.update(place) { $0 = whole }
    }

    /// Joins two adjacent sessions, the later of which is under `place`; later sessions are renumbered.
    private func join(
        _ before: SessionEntry, _ after: SessionEntry, under place: [UInt8], _ id: [UInt8],
        _ entries: inout SequentialEntries<SessionEntry>
    ) {
        var whole = before
        whole.merge(after, attributes)
        let newest = id + KeyBytes.null
        if place == newest {
            entries.update(Self.key(id, before.number)) { $0 = nil }
            entries.update(newest) { $0 = whole }
            return
        }
        entries.update(place) { $0 = nil }
        entries.update(Self.key(id, before.number)) { $0 = whole }
        var number = after.number + 1
        while entries[Self.key(id, number)] != nil {
            entries.move(Self.key(id, number), to: Self.key(id, number - 1)) { $0.number -= 1 }
            number += 1
        }
        entries.update(newest) { $0?.number -= 1 }
    }

    /// A session of one event.
    private func session(_ number: Int64, _ event: SequentialEvent) -> SessionEntry {
        var session = SessionEntry(number: number, at: event.time.nanoseconds, attributes: attributes.count)
        add(event, to: &session)
        return session
    }

    private func add(_ event: SequentialEvent, to session: inout SessionEntry) {
        let time = event.time.nanoseconds
        (session.start, session.end) = (min(session.start, time), max(session.end, time))
        session.events &+= 1
        // A stored entry has as many attributes as its definition; a forged one may not.
        for (index, attribute) in attributes.enumerated() where index < session.attributes.count {
            session.attributes[index].take(event.value(key.count + index), attribute.choice, at: time, .updates)
        }
    }

    /// The key of an older session.
    private static func key(_ id: [UInt8], _ number: Int64) -> [UInt8] {
        var key = id
        KeyBytes.append(number, to: &key)
        return key
    }

    private var sums: [EntityAttribute] { attributes.filter { $0.choice == .sum } }

    public var tables: [SequentialTable] {
        [
            SequentialTable(
                "sessions",
                key.map(\.name) + ["number", "start", "end", "seconds", "events", "late"] + attributes.map(\.name)
                    + sums.map { $0.name + ViewRow.leftOutSuffix })
        ]
    }

    public func span(of entry: SessionEntry) -> (start: Timestamp, end: Timestamp?) {
        (Timestamp(nanoseconds: entry.start), Timestamp(nanoseconds: entry.end))
    }

    public func rows(of table: String, key: [UInt8], _ entry: SessionEntry, newest: Timestamp) -> [[ViewValue]] {
        guard let id = try? ViewState.dimensionValues(ofKey: key)?.dropLast() else { return [] }
        let own: [ViewValue] = [
            .int(entry.number), .time(Timestamp(nanoseconds: entry.start)), .time(Timestamp(nanoseconds: entry.end)),
            .seconds(EntityCourse.elapsed(entry.start, entry.end)), .int(entry.events), .int(entry.late),
        ]
        let left = zip(attributes, entry.attributes).filter { $0.0.choice == .sum }.map { ViewValue.int($0.1.leftOut) }
        return [Array(id) + own + entry.attributes.map(\.value) + left]
    }
}
