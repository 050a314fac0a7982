internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveLog

/// A prefix of the log.
public enum AsOf: Hashable, Sendable {
    /// The first so many offsets.
    case offset(Offset)
    /// What had been appended by then, that moment included.
    case time(Timestamp)
    /// All that is durable.
    case now
}
