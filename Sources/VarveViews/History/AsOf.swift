internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveLog

/// A prefix of the log.
public enum AsOf: Hashable, Sendable {
    /// The events below this offset.
    case offset(Offset)
    /// The events appended up to and including this time.
    case time(Timestamp)
    /// All durable events.
    case now
}
