internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash

/// The result of a backup or a restore.
public struct BackupReport: Sendable {
    /// Sealed segments copied.
    public internal(set) var copied = 0
    /// Sealed segments that the target already had with the same events.
    public internal(set) var kept = 0
    public internal(set) var bytes: UInt64 = 0
    /// The copy holds all events below this offset.
    public internal(set) var end = Offset(0)
}
