internal import VarveEvents

/// How events change a thing.
public struct EntityRule: Hashable, Sendable {
    public enum Effect: UInt8, Hashable, Sendable {
        /// The thing is opened or reopened.
        case opens = 1
        /// The thing changes. If it was never opened, it is open from now on: its opening may be older than the log. If it is
        /// closed and the event sets another status, it is reopened.
        case updates = 2
        /// The thing is closed.
        case closes = 3
    }

    public var effect: Effect
    public var signals: SignalFilter
    public var condition: Condition?
    public var status: EntityStatus

    public init(_ effect: Effect, _ signals: SignalFilter, when condition: Condition? = nil, status: EntityStatus) {
        self.effect = effect
        self.signals = signals
        self.condition = condition
        self.status = status
    }

    public static func opens(
        _ signals: String..., when condition: Condition? = nil, status: EntityStatus = .named("open")
    ) -> EntityRule {
        EntityRule(.opens, SignalFilter(names: signals), when: condition, status: status)
    }

    public static func updates(
        _ signals: String..., when condition: Condition? = nil, status: EntityStatus = .kept
    ) -> EntityRule {
        EntityRule(.updates, SignalFilter(names: signals), when: condition, status: status)
    }

    public static func closes(
        _ signals: String..., when condition: Condition? = nil, status: EntityStatus = .named("closed")
    ) -> EntityRule {
        EntityRule(.closes, SignalFilter(names: signals), when: condition, status: status)
    }

    /// The whole rule as one condition.
    var whole: Condition {
        var parts: [Condition] = signals.prefixes.map { .hasPrefix(.signal, $0) }
        if !signals.names.isEmpty { parts.append(.isIn(.signal, signals.names.map { .string($0) })) }
        let signal: [Condition] = parts.isEmpty ? [] : [.any(parts)]
        return .all(signal + [condition].compactMap { $0 })
    }
}
