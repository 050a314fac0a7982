internal import VarveEvents
public import VarveHash

/// The fold of an entity definition.
extension EntityDefinition: SequentialProjection {
    /// Key, then attributes, then the fields of statuses.
    public var fields: [Field] { key + attributes.map(\.field) + statusFields }

    private var statusFields: [Field] { rules.compactMap { $0.status.source?.field } }

    public var conditions: [Condition] { rules.map(\.whole) }

    public var signals: SignalFilter {
        if rules.contains(where: { $0.signals.names.isEmpty && $0.signals.prefixes.isEmpty }) { return SignalFilter() }
        return SignalFilter(names: rules.flatMap(\.signals.names), prefixes: rules.flatMap(\.signals.prefixes))
    }

    public var parameters: [UInt8] {
        parameters(reopensByUpdates ? "entities 3" : "entities 2")
    }

    private func parameters(_ form: String) -> [UInt8] {
        var out = DefinitionWriter()
        out.text(form)
        append(to: &out)
        out.list(order) { $0.text($1) }
        return out.bytes
    }

    /// Whether an update can reopen a thing, which it could not in the second version of entities.
    private var reopensByUpdates: Bool {
        rules.contains { $0.effect == .closes } && rules.contains { $0.effect == .updates && $0.status != .kept }
    }

    private func append(to out: inout DefinitionWriter) {
        out.number(Int64(key.count))
        out.list(rules) { out, rule in
            out.tag(rule.effect.rawValue)
            switch rule.status {
            case .kept: out.tag(0)
            case .named(let name):
                out.tag(1)
                out.text(name)
            case .field(let field, let other), .value(let field, let other):
                out.tag(rule.status == .field(field, default: other) ? 2 : 3)
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
    }

    /// The fingerprints of this definition in earlier versions of entities: in the second one updates reopened nothing, and the
    /// first one folded in log order.
    public var former: [SHA256Digest] {
        var out = DefinitionWriter()
        out.text("entities")
        append(to: &out)
        let second = reopensByUpdates ? [fingerprint(parameters: parameters("entities 2"))] : []
        return second + [fingerprint(parameters: out.bytes)]
    }

    public func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<EntityEntry>) throws(PoisonedEvent) {
        guard let index = rules.indices.first(where: { event.holds($0) }), let id = event.key(Array(key.indices)) else { return }
        guard id.count <= SequentialEntries<EntityEntry>.keyBytesMax else {
            throw PoisonedEvent(view: name, offset: event.offset, reason: "its key has \(id.count) bytes")
        }
        let change = change(by: index, event)
        if case .string(let text) = change.status, text.utf8.count > 256 {
            throw PoisonedEvent(view: name, offset: event.offset, reason: "its status has \(text.utf8.count) bytes")
        }
        let order = EntityOrder(words: order)
        entries.update(id) { entry in
            var thing = entry ?? EntityEntry(attributes: attributes.count)
            thing.events &+= 1
            thing.take(change, order, keep: transitionsKept)
            // A stored entry has as many attributes as its definition; a forged one may not.
            for (number, attribute) in attributes.enumerated() where number < thing.attributes.count {
                thing.attributes[number].take(
                    event.value(key.count + number), attribute.choice, at: change.time, change.effect)
            }
            entry = thing
        }
    }

    /// The change that an event makes to its thing.
    private func change(by index: Int, _ event: SequentialEvent) -> EntityChange {
        let rule = rules[index]
        var usual = rule.effect == .closes ? "closed" : "open"
        var given: ViewValue?
        switch rule.status {
        case .kept: break
        case .named(let name): given = .string(name)
        case .field(_, let other), .value(_, let other):
            let before = rules[..<index].filter { $0.status.source != nil }.count
            let value = event.value(key.count + attributes.count + before)
            if case .field = rule.status { given = value.lowered } else { given = value }
            if value == .null { given = nil }
            if rule.effect != .closes { usual = other }
        }
        let time = event.time.nanoseconds
        return EntityChange(
            time: time, last: time, offset: event.offset.value, effect: rule.effect, isGiven: given != nil,
            status: given ?? .string(usual))
    }
}
