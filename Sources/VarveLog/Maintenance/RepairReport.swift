internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// The result of a repair.
public struct RepairReport: Sendable {
    /// What verify found before the repair.
    public internal(set) var found: [DamagedRange] = []
    /// Copies in `quarantine/` of the files that were changed.
    public internal(set) var quarantined: [String] = []
    /// Files that are intact again, with all their events.
    public internal(set) var repaired: [String] = []
    /// Paths of the segments that were restored from `quarantine/`.
    public internal(set) var restored: [String] = []
    /// What is lost and is now recorded as damage in the manifest.
    public internal(set) var marked: [DamagedRange] = []
    /// What verify still finds apart from known damage.
    public internal(set) var left: [DamagedRange] = []
}
