public import VarveEvents

/// A view as a store holds it.
public struct StoredView: Hashable, Sendable {
    public var name: String
    public var version: Int
    /// Of the definition whose states the cells are.
    public var fingerprint: String
    /// The level of the cells.
    public var level: String
    public var cells: Int
    /// Whether it is a sequential projection; its cells are entries.
    public var isSequential: Bool
    /// Whether its projector does not keep it up any more.
    public var isFrozen: Bool
    /// Events below were gone when the view was built.
    public var completeFrom: Offset
    /// Events from here on are not in it: the checkpoint, or, when its projector stopped keeping it up, where that was.
    public var offset: Offset
}
