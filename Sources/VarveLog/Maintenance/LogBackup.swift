// A backup is a copy of a log that is itself a log: sealed segments as they are, the active one up to the watermark, then the
// manifest. Repeating the backup copies only what is new. The writer may run meanwhile; its new appends are in the next backup.

public import VarveDisk
public import VarveEvents

/// Copies logs.
public enum LogBackup {
    /// Brings the backup in `target` up to date with the log in `source`. Creates the directory if needed, and refuses one that
    /// holds another log. Each segment is verified as it is read.
    ///
    /// - Throws: `.damaged` when a segment does not match the manifest; the backup keeps what it has.
    public static func backup(_ source: String, to target: String, disk: any Disk = RealDisk()) throws(LogError) -> BackupReport {
        try typed { try Copying(disk, StorePaths(source), StorePaths(target)).run(upTo: nil, mayExist: true) }
    }

    /// Creates the log in `target`, which must not exist, from the backup in `source`, with the events below `end`, or all of
    /// them. A numbered append of a producer is restored whole or not at all, so the log may end before `end`; the report says
    /// where.
    public static func restore(
        _ source: String, to target: String, upTo end: Offset? = nil, disk: any Disk = RealDisk()
    ) throws(LogError) -> BackupReport {
        try typed { try Copying(disk, StorePaths(source), StorePaths(target)).run(upTo: end, mayExist: false) }
    }
}
