internal import VarveEvents

/// Which segments are worth rewriting. A pure function of facts about the segments.
public struct CompactionPlan: Sendable {
    /// What the plan needs to know of a sealed segment.
    public struct Segment: Hashable, Sendable {
        public var firstOffset: UInt64
        public var endOffset: UInt64
        public var bytes: UInt64
        public var events: UInt64
        public var frames: Int
        /// How often it has been rewritten.
        public var revision: UInt32
        public var isDamaged: Bool
        /// An earlier rewrite did not make it smaller.
        public var isTight: Bool

        public init(
            firstOffset: UInt64, endOffset: UInt64, bytes: UInt64, events: UInt64, frames: Int, revision: UInt32, isDamaged: Bool,
            isTight: Bool = false
        ) {
            self.firstOffset = firstOffset
            self.endOffset = endOffset
            self.bytes = bytes
            self.events = events
            self.frames = frames
            self.revision = revision
            self.isDamaged = isDamaged
            self.isTight = isTight
        }
    }

    /// The segments to rewrite, oldest first.
    public var rewrites: [Segment] = []
    /// How many were rewritten before or have no events.
    public var done = 0
    /// How many an earlier compaction left alone because they would not have become smaller.
    public var tight = 0
    /// How many are damaged. Damaged segments are never rewritten.
    public var damaged = 0

    /// Plans one rewrite for every segment: as first written, its frames are as small as its commits and only lightly
    /// compressed.
    public init(_ segments: [Segment]) {
        for segment in segments {
            if segment.isDamaged {
                damaged += 1
            } else if segment.revision > 0 || segment.frames == 0 {
                done += 1
            } else if segment.isTight {
                tight += 1
            } else {
                rewrites.append(segment)
            }
        }
    }

    public var bytes: UInt64 { rewrites.reduce(0) { $0 + $1.bytes } }
}
