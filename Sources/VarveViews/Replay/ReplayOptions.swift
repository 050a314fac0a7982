internal import Synchronization
internal import VarveDisk
public import VarveEvents
internal import VarveLog

/// How a replay is run.
public struct ReplayOptions: Sendable {
    /// Threads that read and fold; the calling thread is one of them.
    public var threads = 2
    /// The first offset that is left out; nil for all that is durable.
    public var upTo: Offset?
    /// Whether minute states are made too, for the views that have minutes.
    public var minutes = false
    /// Whether states that `states/` has of whole segments are taken from there instead of being folded. Nothing is kept there.
    public var usesCache = false
    /// Event times outside of which nothing is asked: segments that cannot hold any are not read.
    public var from: Timestamp?
    public var to: Timestamp?

    public init(threads: Int = 2, upTo: Offset? = nil) {
        self.threads = threads
        self.upTo = upTo
    }
}
