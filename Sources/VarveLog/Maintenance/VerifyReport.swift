internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// What verification found.
public struct VerifyReport: Sendable {
    /// Everything that does not match what was written.
    public internal(set) var faults: [DamagedRange] = []
    public internal(set) var segments = 0
    public internal(set) var frames = 0
    public internal(set) var events: UInt64 = 0
    public internal(set) var bytes: UInt64 = 0

    public var isSound: Bool { faults.isEmpty }
}
