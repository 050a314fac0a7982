// Sessions by gap: the events of one key belong together until none has come for a while; the next one begins another session.
// The session that goes on stands under its key and an absent value, an older one under its key and its number.

public import VarveEvents
public import VarveHash

/// A sequential projection of sessions, declared as data.
public struct SessionDefinition: Hashable, Sendable {
    public var name: String
    public var version: Int
    public var signals: SignalFilter
    /// The fields whose values one session has in common.
    public var key: [Field]
    /// The silence, in nanoseconds of event time, that ends a session.
    public var gap: Int64
    /// What else is kept of a session.
    public var attributes: [EntityAttribute]
    public var limits: SequentialLimits

    public init(
        _ name: String, version: Int = 1, signals: SignalFilter = SignalFilter(), key: [String] = ["session"],
        gapSeconds: Int64 = 1_800, attributes: [EntityAttribute] = [], limits: SequentialLimits = SequentialLimits()
    ) {
        precondition(!key.isEmpty && (0...1_000_000_000).contains(gapSeconds), "sessions \(name) need a key and a gap")
        self.name = name
        self.version = version
        self.signals = signals
        self.key = key.map { Field($0) }
        gap = gapSeconds * 1_000_000_000
        self.attributes = attributes
        self.limits = limits
    }
}

extension SessionDefinition: SequentialProjection {
    public var fields: [Field] { key + attributes.map(\.field) }

    public var parameters: [UInt8] { parameters(isFormer: false) }

    /// The least and the greatest number were compared as doubles.
    public var former: [SHA256Digest] {
        let isOther = parameters != parameters(isFormer: true)
        return isOther ? [fingerprint(parameters: parameters(isFormer: true))] : []
    }

    private func parameters(isFormer: Bool) -> [UInt8] {
        var out = DefinitionWriter()
        out.text("sessions")
        out.number(Int64(key.count))
        out.number(gap)
        out.list(attributes) { out, attribute in
            out.text(attribute.name)
            out.field(attribute.field)
            out.tag(attribute.choice.rawValue)
        }
        if !isFormer, attributes.contains(where: { $0.choice == .least || $0.choice == .greatest }) { out.text("exact") }
        return out.bytes
    }

    public func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<SessionEntry>) throws(PoisonedEvent) {
        guard let id = event.key(Array(key.indices)) else { return }
        guard id.count < SequentialEntries<SessionEntry>.keyBytesMax else {
            throw PoisonedEvent(view: name, offset: event.offset, reason: "its key has \(id.count) bytes")
        }
        let time = event.time.nanoseconds
        let current = id + KeyBytes.null
        var number: Int64 = 1
        if let known = entries[current], EntityCourse.elapsed(known.end, time) > gap {
            var past = id
            KeyBytes.append(known.number, to: &past)
            // The old one makes room first, so that the limit counts sessions, not moves.
            entries.update(current) { $0 = nil }
            entries.update(past) { $0 = known }
            number = known.number + 1
        }
        entries.update(current) { entry in
            var session = entry ?? SessionEntry(number: number, at: time, attributes: attributes.count)
            if time < session.start {
                if EntityCourse.elapsed(time, session.start) > gap { session.late &+= 1 } else { session.start = time }
            }
            session.end = max(session.end, time)
            session.events &+= 1
            // A stored entry has as many as the definition it was stored for; one that was forged may not.
            for (number, attribute) in attributes.enumerated() where number < session.attributes.count {
                session.attributes[number] = attribute.choice.chosen(
                    session.attributes[number], event.value(key.count + number))
            }
            entry = session
        }
    }

    public var tables: [SequentialTable] {
        [
            SequentialTable(
                "sessions",
                key.map(\.name) + ["number", "start", "end", "seconds", "events", "late"] + attributes.map(\.name))
        ]
    }

    public func span(of entry: SessionEntry) -> (start: Timestamp, end: Timestamp?) {
        (Timestamp(nanoseconds: entry.start), Timestamp(nanoseconds: entry.end))
    }

    public func rows(of table: String, key: [UInt8], _ entry: SessionEntry, newest: Timestamp) -> [[ViewValue]] {
        guard let id = try? ViewState.dimensionValues(ofKey: key)?.dropLast() else { return [] }
        return [
            id + [
                .int(entry.number), .time(Timestamp(nanoseconds: entry.start)), .time(Timestamp(nanoseconds: entry.end)),
                .seconds(EntityCourse.elapsed(entry.start, entry.end)), .int(entry.events), .int(entry.late),
            ] + entry.attributes
        ]
    }
}
