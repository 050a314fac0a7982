// Two locks in `log/`, used besides the writer's own lock:
//
//     manifest.lock       held during one change of the manifest, by writer and maintenance alike
//     maintenance.lock    held by a process that rewrites or removes sealed segments, until it is done
//
// The writer never waits for maintenance.lock, so compaction and retention run beside it.

internal import VarveDisk

enum LogLocks {
    /// Waits for the manifest lock, which is only ever held briefly.
    static func waitForManifest(_ disk: any Disk, _ paths: StorePaths) throws(DiskError) -> DiskFile {
        let pause = Monitor(false)
        for _ in 0..<LogLimits.lockAttempts {
            if let lock = try lockUnlessHeld(disk, paths.manifestLock) { return lock }
            _ = pause.wait(atMost: LogLimits.lockPauseNanoseconds) { $0 ? true : nil }
        }
        return DiskFile(try disk.lock(paths.manifestLock, note: processNote()), on: disk)
    }

    private static func lockUnlessHeld(_ disk: any Disk, _ path: String) throws(DiskError) -> DiskFile? {
        let handle: DiskHandle
        do throws(DiskError) {
            handle = try disk.lock(path, note: processNote())
        } catch {
            if error.code == .lockHeld { return nil }
            throw error
        }
        return DiskFile(handle, on: disk)
    }

    /// Takes the maintenance lock.
    ///
    /// - Throws: `.lockHeld` with the holder's process note.
    static func maintenance(_ disk: any Disk, _ paths: StorePaths) throws -> DiskFile {
        let handle: DiskHandle
        do throws(DiskError) {
            handle = try disk.lock(paths.maintenanceLock, note: processNote())
        } catch {
            guard error.code == .lockHeld else { throw error }
            throw LogError(.lockHeld, "other maintenance of this log is running (\(error.detail)): \(error.path)", disk: error)
        }
        return DiskFile(handle, on: disk)
    }
}
