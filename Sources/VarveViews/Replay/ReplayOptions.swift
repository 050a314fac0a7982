internal import Synchronization
internal import VarveDisk
public import VarveEvents
internal import VarveLog

/// Options of a replay.
public struct ReplayOptions: Sendable {
    /// Threads that read and fold, including the calling one.
    public var threads = 2
    /// Replay the events below this offset; nil for all durable events.
    public var upTo: Offset?
    /// Whether minute states are computed too, for views with minutes.
    public var minutes = false
    /// Whether states of whole segments in `states/` are used instead of folding the segments. Nothing is saved there.
    public var usesCache = false
    /// Limits of event time: segments entirely outside are not read.
    public var from: Timestamp?
    public var to: Timestamp?

    public init(threads: Int = 2, upTo: Offset? = nil) {
        self.threads = threads
        self.upTo = upTo
    }
}
