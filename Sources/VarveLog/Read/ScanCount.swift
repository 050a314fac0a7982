internal import VarveEvents

/// What a scan had to read.
public struct ScanCount: Hashable, Sendable {
    /// Frames in the range.
    public internal(set) var frames = 0
    /// Frames of which at least one column was decoded.
    public internal(set) var framesOpened = 0
    /// Events delivered.
    public internal(set) var events: UInt64 = 0
    /// Events of frames that were skipped because they have no wanted signal.
    public internal(set) var passed: UInt64 = 0
}
