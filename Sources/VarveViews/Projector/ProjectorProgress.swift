internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveLog
public import VarveProjections

/// Where a projector is.
public struct ProjectorProgress: Hashable, Sendable {
    public var offset: Offset
    /// The watermark, when it last looked.
    public var durable: Offset
    /// Events folded since it was opened, rebuilds included.
    public var events: UInt64
    public var commits: Int
    /// Views that were built anew.
    public var rebuilt: [String]
    /// Ranges that the log could not deliver, found since it was opened.
    public var gaps: [Gap]
    /// The event that a projection cannot take; the projector does not go past it.
    public var paused: PoisonedEvent?
    /// Events left out since it was opened because a projection could not take them.
    public var parked = 0
    /// What a person should know: why everything was rebuilt, for example.
    public var notes: [String]
}
