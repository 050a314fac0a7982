public import VarveEvents
internal import VarveHash

/// The entry of a projector in the registry.
public struct RegisteredProjector: Hashable, Sendable {
    public enum State: String, Sendable {
        /// It was running at its last report.
        case running
        case stopped
        /// It is paused before an event that a projection cannot process, whether or not its process is alive.
        case paused
    }

    public var isRunning: Bool { state == .running }
    public var name: String
    /// Its views contain all events below this offset, on disk.
    public var offset: Offset
    /// The time of the report.
    public var updated: Timestamp
    public var state: State
    /// Its recent speed.
    public var eventsPerSecond: UInt64
}
