public import VarveEvents
internal import VarveHash

/// A projector as the registry knows it.
public struct RegisteredProjector: Hashable, Sendable {
    public enum State: String, Sendable {
        /// It was following or replaying then, and had not stopped.
        case running
        case stopped
        /// It stands before an event that a projection cannot take, whether its process lives or not.
        case paused
    }

    public var isRunning: Bool { state == .running }
    public var name: String
    /// Everything below is in its views, on disk.
    public var offset: Offset
    /// When it said so.
    public var updated: Timestamp
    public var state: State
    /// How fast it was, lately.
    public var eventsPerSecond: UInt64
}
