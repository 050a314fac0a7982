public import VarveEvents

/// A view as stored.
public struct StoredView: Hashable, Sendable {
    public var name: String
    public var version: Int
    /// The identity of the cells: the fingerprint of their definition, or `cellFingerprint`.
    public var fingerprint: String
    /// The level of the cells.
    public var level: String
    public var cells: Int
    /// Whether it is a sequential projection; `cells` then counts entries.
    public var isSequential: Bool
    /// Whether the projector no longer maintains it. A store cannot tell whether its projector was forgotten: `StoredProjector`
    /// does.
    public var isFrozen: Bool
    /// The first offset that the view covers; earlier events had been removed when it was built.
    public var completeFrom: Offset
    /// The view covers the events below this offset: the checkpoint, or the offset at which it was frozen.
    public var offset: Offset
}
