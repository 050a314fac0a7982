internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash

/// What a backup or a restore did.
public struct BackupReport: Sendable {
    /// Sealed segments copied.
    public internal(set) var copied = 0
    /// Sealed segments that were there with the same events.
    public internal(set) var kept = 0
    public internal(set) var bytes: UInt64 = 0
    /// The copy holds all events below.
    public internal(set) var end = Offset(0)
}
