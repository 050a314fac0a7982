// One series of one rule. Pure: the time of a step comes with it, and all that it remembers is here.
//
//     inactive ──holds──▶ pending ──held for `hold`──▶ firing ──not for `keep`──▶ inactive (resolved)
//        ▲                   │                          │  ▲
//        └──holds no more────┘                 no value ▼  │ a value
//                                                     no_data
//
// Live, after a restart, over the past and in an explanation it is this machine that decides.

public import VarveEvents

/// What is known of one series of a rule, and what follows from its next reading.
public struct AlertMachine: Hashable, Sendable {
    public enum Phase: Hashable, Sendable {
        case inactive
        case pending(since: Timestamp)
        case firing(since: Timestamp, at: Timestamp)
    }

    public internal(set) var phase = Phase.inactive
    /// Whether it fires and has no values.
    public internal(set) var hasNoData = false
    /// The last reading.
    public private(set) var value: Double?
    public private(set) var threshold: Double?
    /// The worst value since the condition began to hold.
    public internal(set) var peak: Double?
    /// Of the last evaluations, the newest last, whether the condition held; only as many as the rule counts.
    private var recent: [Bool] = []
    /// The last evaluation at which the condition held.
    private var lastMet: Timestamp?
    /// The first evaluation since then at which it did not.
    private var unmetSince: Timestamp?

    public init() {}

    public init(phase: Phase, hasNoData: Bool = false, peak: Double? = nil) {
        self.phase = phase
        self.hasNoData = hasNoData
        self.peak = peak
    }

    public var isFiring: Bool { if case .firing = phase { true } else { false } }

    /// Whether it remembers nothing that a new one would not know.
    var isIdle: Bool { phase == .inactive && !recent.contains(true) }

    /// Takes the next reading, of the evaluation at `tick`. Returns what it changed, in order.
    public mutating func step(_ reading: Reading, of rule: AlertRule, at tick: Timestamp) -> [AlertChange] {
        guard let isMet = remember(reading, of: rule, at: tick) else { return withoutValue(rule, tick) }
        var changes: [AlertChange] = []
        if hasNoData {
            hasNoData = false
            changes.append(change(.dataBack, tick))
        }
        switch phase {
        case .inactive:
            guard isMet else { break }
            phase = .pending(since: tick)
            peak = value
            if rule.hold > 0 { changes.append(change(.pending, tick)) } else { fire(since: tick, tick, &changes) }
        case .pending(let since):
            if !isMet {
                changes.append(change(.cancelled, tick))
                phase = .inactive
            } else {
                keepPeak(rule)
                if tick.nanoseconds - since.nanoseconds >= rule.hold { fire(since: since, tick, &changes) }
            }
        case .firing:
            if isMet { keepPeak(rule) } else { settle(rule, tick, &changes) }
        }
        return changes
    }

    /// Takes a reading from before the time that the machine is about: only what counts evaluations looks at it.
    mutating func warm(_ reading: Reading, of rule: AlertRule, at tick: Timestamp) {
        _ = remember(reading, of: rule, at: tick)
    }

    /// Somebody has resolved it.
    mutating func reset() {
        phase = .inactive
        hasNoData = false
        recent = []
        lastMet = nil
        unmetSince = nil
    }

    /// Whether the rule's condition is met; nil where there is no value to say so.
    private mutating func remember(_ reading: Reading, of rule: AlertRule, at tick: Timestamp) -> Bool? {
        var holds = false
        var isKnown = true
        switch reading {
        case .value(let value, let threshold, let isSo):
            (self.value, self.threshold, holds) = (value, threshold, isSo)
        case .absent:
            switch rule.noData {
            case .alert: holds = true
            case .zero:
                if case .number(let comparison, let number) = rule.test {
                    (value, threshold, holds) = (0, number, comparison.holds(0, number))
                }
            case .resolve: holds = false
            case .keep: isKnown = false
            }
            if rule.noData != .zero, !rule.isQuery { value = nil }
        }
        var isMet = holds
        if let matches = rule.matches {
            recent.append(holds)
            if recent.count > matches.of { recent.removeFirst(recent.count - matches.of) }
            isMet = recent.count(where: { $0 }) >= matches.needed
        }
        guard isKnown else { return nil }
        if isMet { lastMet = tick }
        unmetSince = isMet ? nil : unmetSince ?? tick
        return isMet
    }

    /// There is no value, and the rule decides nothing without one.
    private mutating func withoutValue(_ rule: AlertRule, _ tick: Timestamp) -> [AlertChange] {
        switch phase {
        case .inactive: return []
        case .pending:
            let change = change(.cancelled, tick)
            phase = .inactive
            return [change]
        case .firing:
            guard !hasNoData else { return [] }
            hasNoData = true
            return [change(.noData, tick)]
        }
    }

    private mutating func fire(since: Timestamp, _ tick: Timestamp, _ changes: inout [AlertChange]) {
        phase = .firing(since: since, at: tick)
        changes.append(change(.firing, tick))
    }

    private mutating func settle(_ rule: AlertRule, _ tick: Timestamp, _ changes: inout [AlertChange]) {
        if rule.isQuery {
            // Prometheus counts from the first evaluation that yields nothing.
            let since = unmetSince ?? tick
            if tick.nanoseconds - since.nanoseconds < rule.keep { return }
        } else if rule.keep > 0, let lastMet, tick.nanoseconds - lastMet.nanoseconds < rule.keep {
            return
        }
        changes.append(change(.resolved, tick))
        phase = .inactive
    }

    private mutating func keepPeak(_ rule: AlertRule) {
        guard let value else { return }
        guard let peak else { self.peak = value; return }
        self.peak = rule.test.isWorseAbove ? max(peak, value) : min(peak, value)
    }

    private func change(_ kind: AlertChange.Kind, _ tick: Timestamp) -> AlertChange {
        let (since, firing): (Timestamp, Timestamp?) =
            switch phase {
            case .inactive: (tick, nil)
            case .pending(let since): (since, nil)
            case .firing(let since, let at): (since, at)
            }
        return AlertChange(
            kind: kind, at: tick, value: value, threshold: threshold, pendingAt: since, firingAt: firing, peak: peak)
    }
}
