internal import VarveEvents

/// What became of an entry since changes were last taken.
public struct EntryChange: Hashable, Sendable {
    public var key: [UInt8]
    /// Nil when it is gone.
    public var entry: [UInt8]?
}
