// Sessions by gap: consecutive events of one key, by event time, belong together while the gap between them is not exceeded.
// Arrival order does not matter: a late event extends a nearby session, joins two, or starts its own, and later sessions are
// renumbered. The newest session of a key is stored under the key and an absent value, an older one under the key and its
// number.

internal import VarveEvents

/// A sequential projection of sessions, defined by data.
public struct SessionDefinition: Hashable, Sendable {
    public var name: String
    public var version: Int
    public var signals: SignalFilter
    /// The fields whose values the events of a session share.
    public var key: [Field]
    /// The gap that ends a session, in nanoseconds of event time.
    public var gap: Int64
    /// Further values stored for a session.
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
