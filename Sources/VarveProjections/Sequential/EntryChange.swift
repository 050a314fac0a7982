internal import VarveEvents

/// A change of an entry since changes were last taken.
public struct EntryChange: Hashable, Sendable {
    public var key: [UInt8]
    /// Nil if it was removed.
    public var entry: [UInt8]?
}
