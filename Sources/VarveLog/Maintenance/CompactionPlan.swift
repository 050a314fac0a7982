internal import VarveEvents

/// Which segments are worth rewriting. Pure: facts in, list out.
public struct CompactionPlan: Sendable {
    /// A sealed segment as far as the decision goes.
    public struct Segment: Hashable, Sendable {
        public var firstOffset: UInt64
        public var endOffset: UInt64
        public var bytes: UInt64
        public var events: UInt64
        public var frames: Int
        /// How often it was rewritten.
        public var revision: UInt32
        public var isDamaged: Bool
        /// A rewriting was tried and gained nothing.
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

    /// What is to be rewritten, oldest first.
    public var rewrites: [Segment] = []
    /// What was rewritten before, or has no events.
    public var done = 0
    /// What an earlier compaction kept as it was, because it would not have become smaller.
    public var tight = 0
    /// What is damaged: nothing of it is touched.
    public var damaged = 0

    /// Every segment once: as written its frames are as large as its commits, and compressed in a hurry.
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
