internal import VarveEvents

/// The result of a compaction.
public struct CompactionReport: Sendable {
    public internal(set) var rewritten: [Rewritten] = []
    /// Segments that would not have become smaller. They were left as they are and are not tried again.
    public internal(set) var kept: [Rewritten] = []
    /// Segments that could not be rewritten, and why. They were left as they are.
    public internal(set) var failed: [(segment: UInt64, reason: String)] = []

    public struct Rewritten: Hashable, Sendable {
        public var firstOffset: UInt64
        public var framesBefore: Int
        public var framesAfter: Int
        public var bytesBefore: UInt64
        public var bytesAfter: UInt64
    }
}
