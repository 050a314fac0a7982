// Sessions by gap: events of one key belong together as long as none of them is further from its neighbours than the gap, by the
// events' own times. The order in which they come does not matter: one that comes late extends the session it is near, joins two
// that it lies between, or is one of its own, and the later ones' numbers move. The newest session of a key stands under the key
// and an absent value, an older one under the key and its number.

internal import VarveEvents

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
