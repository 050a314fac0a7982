internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveLog
public import VarveProjections

/// The state of a projector.
public struct ProjectorProgress: Hashable, Sendable {
    public var offset: Offset
    /// The watermark when it was last read.
    public var durable: Offset
    /// Events folded since the projector was opened, rebuilds included.
    public var events: UInt64
    public var commits: Int
    /// Views that were rebuilt.
    public var rebuilt: [String]
    /// Ranges that the log could not deliver since the projector was opened.
    public var gaps: [Gap]
    /// The event that a projection cannot process and before which the projector has paused.
    public var paused: PoisonedEvent?
    /// Events parked since the projector was opened because a projection could not process them.
    public var parked = 0
    /// Messages for the operator, such as why everything was rebuilt.
    public var notes: [String]
}
