public import VarveEvents

/// An event that a sequential projection could not process.
public struct PoisonRow: Hashable, Sendable {
    public var view: String
    public var offset: Offset
    public var reason: String
    /// Whether it was left out; if false, the projector has paused before it.
    public var isParked: Bool

    public init(view: String, offset: Offset, reason: String, isParked: Bool) {
        self.view = view
        self.offset = offset
        self.reason = reason
        self.isParked = isParked
    }
}
