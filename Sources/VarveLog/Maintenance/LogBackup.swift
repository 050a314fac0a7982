// A copy of a log that is itself a log: sealed segments as they are, the active one up to the watermark, then the manifest.
// Repeating it copies what is new. The writer may be at work; what it appends meanwhile is in the next backup.

public import VarveDisk
public import VarveEvents

/// Copies logs.
public enum LogBackup {
    /// Brings the backup in `target` up to date with the log in `source`. A new directory is made; one that holds another log is
    /// refused. Each segment is verified as it is read.
    ///
    /// - Throws: `.damaged` when a segment does not read as the manifest says: the backup keeps what it has.
    public static func backup(_ source: String, to target: String, disk: any Disk = RealDisk()) throws(LogError) -> BackupReport {
        try typed { try Copying(disk, StorePaths(source), StorePaths(target)).run(upTo: nil, mayExist: true) }
    }

    /// Makes the log in `target`, which must not exist, from the backup in `source`, with the events below `end`, or all.
    /// An append that a producer has numbered is restored whole or not at all: the report says where the log ends.
    public static func restore(
        _ source: String, to target: String, upTo end: Offset? = nil, disk: any Disk = RealDisk()
    ) throws(LogError) -> BackupReport {
        try typed { try Copying(disk, StorePaths(source), StorePaths(target)).run(upTo: end, mayExist: false) }
    }
}
