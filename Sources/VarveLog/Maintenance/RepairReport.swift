internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// What a repair found and did.
public struct RepairReport: Sendable {
    /// What verify found before.
    public internal(set) var found: [DamagedRange] = []
    /// Copies in `quarantine/` of the files that were changed.
    public internal(set) var quarantined: [String] = []
    /// Files that are whole again, with all their events.
    public internal(set) var mended: [String] = []
    /// Segments that came back from `quarantine/`: their paths in the log.
    public internal(set) var restored: [String] = []
    /// What is lost, and stands in the manifest as damage now.
    public internal(set) var marked: [DamagedRange] = []
    /// What verify still finds besides known damage.
    public internal(set) var left: [DamagedRange] = []
}
