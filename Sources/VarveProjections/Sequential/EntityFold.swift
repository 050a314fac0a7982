public import VarveEvents

/// How a definition of entities folds.
extension EntityDefinition: SequentialProjection {
    /// Key, then attributes, then the fields that statuses come from.
    public var fields: [Field] { key + attributes.map(\.field) + statusFields }

    private var statusFields: [Field] {
        rules.compactMap { if case .field(let field, _) = $0.status { field } else { nil } }
    }

    public var conditions: [Condition] { rules.map(\.whole) }

    public var signals: SignalFilter {
        if rules.contains(where: { $0.signals.names.isEmpty && $0.signals.prefixes.isEmpty }) { return SignalFilter() }
        return SignalFilter(names: rules.flatMap(\.signals.names), prefixes: rules.flatMap(\.signals.prefixes))
    }

    public var parameters: [UInt8] {
        var out = DefinitionWriter()
        out.text("entities")
        out.number(Int64(key.count))
        out.list(rules) { out, rule in
            out.tag(rule.effect.rawValue)
            switch rule.status {
            case .kept: out.tag(0)
            case .named(let name):
                out.tag(1)
                out.text(name)
            case .field(let field, let other):
                out.tag(2)
                out.field(field)
                out.text(other)
            }
        }
        out.list(attributes) { out, attribute in
            out.text(attribute.name)
            out.field(attribute.field)
            out.tag(attribute.choice.rawValue)
        }
        out.number(Int64(transitionsKept))
        return out.bytes
    }

    public func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<EntityEntry>) throws(PoisonedEvent) {
        guard let index = rules.indices.first(where: { event.holds($0) }), let id = event.key(Array(key.indices)) else { return }
        guard id.count <= SequentialEntries<EntityEntry>.keyBytesMax else {
            throw PoisonedEvent(view: name, offset: event.offset, reason: "its key has \(id.count) bytes")
        }
        let rule = rules[index]
        let given = status(of: rule, index, event)
        if case .string(let text)? = given, text.utf8.count > 256 {
            throw PoisonedEvent(view: name, offset: event.offset, reason: "its status has \(text.utf8.count) bytes")
        }
        entries.update(id) { entry in
            var changed = entry ?? begin(rule, given, event)
            if entry != nil { change(&changed, rule, given, event) }
            changed.events &+= 1
            // A stored entry has as many as the definition it was stored for; one that was forged may not.
            for (number, attribute) in attributes.enumerated() where number < changed.attributes.count {
                changed.attributes[number] = attribute.choice.chosen(
                    changed.attributes[number], event.value(key.count + number))
            }
            entry = changed
        }
    }

    /// The status that the event gives; nil where the thing keeps its own.
    private func status(of rule: EntityRule, _ index: Int, _ event: SequentialEvent) -> ViewValue? {
        switch rule.status {
        case .kept: return nil
        case .named(let name): return .string(name)
        case .field:
            let before = rules[..<index].filter { if case .field = $0.status { true } else { false } }.count
            let value = event.value(key.count + attributes.count + before)
            return value == .null ? nil : value
        }
    }

    private func begin(_ rule: EntityRule, _ given: ViewValue?, _ event: SequentialEvent) -> EntityEntry {
        var usual = rule.effect == .closes ? "closed" : "open"
        if case .field(_, let other) = rule.status, rule.effect != .closes { usual = other }
        let time = event.time.nanoseconds
        var entry = EntityEntry(opened: time, status: given ?? .string(usual), attributes: attributes.count)
        entry.openings = 1
        if rule.effect == .closes { (entry.isOpen, entry.closed) = (false, time) }
        note(&entry, event.offset)
        return entry
    }

    private func change(_ entry: inout EntityEntry, _ rule: EntityRule, _ given: ViewValue?, _ event: SequentialEvent) {
        // The order of the log decides; an event that is older than what it changes takes no time away.
        if event.time.nanoseconds < entry.since { entry.late &+= 1 }
        let time = max(event.time.nanoseconds, entry.since)
        let reopens = rule.effect == .opens && !entry.isOpen
        let closes = rule.effect == .closes && entry.isOpen
        let status = given ?? entry.status
        guard reopens || closes || status != entry.status else { return }
        entry.add(entry.running(time), to: entry.status)
        entry.status = status
        entry.since = time
        if closes { (entry.isOpen, entry.closed) = (false, time) }
        if reopens {
            (entry.isOpen, entry.closed, entry.reopened) = (true, nil, time)
            entry.openings &+= 1
        }
        note(&entry, event.offset)
    }

    private func note(_ entry: inout EntityEntry, _ offset: Offset) {
        entry.transitionCount &+= 1
        entry.transitions.append(.init(time: entry.since, offset: offset.value, status: entry.status))
        if entry.transitions.count > max(1, transitionsKept) { entry.transitions.removeFirst() }
    }
}

/// What readers see of entities.
extension EntityDefinition {
    private var keyNames: [String] { key.map(\.name) }

    public var tables: [SequentialTable] {
        let own = [
            "status", "open", "opened", "since", "closed", "seconds_in_status", "seconds_open", "events", "openings",
            "transitions", "late",
        ]
        return [
            SequentialTable("entities", keyNames + own + attributes.map(\.name)),
            SequentialTable("transitions", keyNames + ["time", "status", "before", "seconds_before", "offset"]),
            SequentialTable("times", keyNames + ["status", "seconds"]),
        ]
    }

    public func span(of entry: EntityEntry) -> (start: Timestamp, end: Timestamp?) {
        (Timestamp(nanoseconds: entry.opened), entry.closed.map { Timestamp(nanoseconds: $0) })
    }

    public func rows(of table: String, key: [UInt8], _ entry: EntityEntry, newest: Timestamp) -> [[ViewValue]] {
        guard let id = try? ViewState.dimensionValues(ofKey: key) else { return [] }
        switch table {
        case "transitions": return transitions(entry).map { id + $0 }
        case "times":
            var spent = entry
            if entry.isOpen { spent.add(entry.running(newest.nanoseconds), to: entry.status) }
            return spent.spells.map { id + [$0.status, .seconds($0.nanoseconds)] }
        default: return [id + whole(entry, newest.nanoseconds)]
        }
    }

    private func whole(_ entry: EntityEntry, _ newest: Int64) -> [ViewValue] {
        var open = entry.running(newest)
        for spell in entry.spells {
            let (sum, overflow) = open.addingReportingOverflow(spell.nanoseconds)
            open = overflow ? .max : sum
        }
        return [
            entry.status, .bool(entry.isOpen), .time(Timestamp(nanoseconds: entry.opened)),
            .time(Timestamp(nanoseconds: entry.since)), entry.closed.map { .time(Timestamp(nanoseconds: $0)) } ?? .null,
            entry.isOpen ? .seconds(entry.running(newest)) : .null, .seconds(open), .int(entry.events), .int(entry.openings),
            .int(entry.transitionCount), .int(entry.late),
        ] + entry.attributes
    }

    private func transitions(_ entry: EntityEntry) -> [[ViewValue]] {
        var before: EntityEntry.Transition?
        return entry.transitions.map { transition in
            defer { before = transition }
            return [
                .time(Timestamp(nanoseconds: transition.time)), transition.status, before?.status ?? .null,
                before.map { .seconds(EntityEntry.elapsed($0.time, transition.time)) } ?? .null,
                .int(Int64(clamping: transition.offset)),
            ]
        }
    }
}

extension ViewValue {
    /// A length of time in seconds, to the microsecond.
    static func seconds(_ nanoseconds: Int64) -> ViewValue {
        .decimal(micros: Int128(nanoseconds / 1_000))
    }
}
