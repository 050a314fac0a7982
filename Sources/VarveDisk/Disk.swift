// The only interface between Varve and the operating system's files.
//
// All files of the log are accessed through `Disk`. `RealDisk` makes system calls; the simulated disk of the tests keeps bytes
// in memory and forgets what was not synced. Calls are synchronous and may block, so the caller must own its thread.
//
// Requirements whose names begin with `entry` change a directory and are not durable by themselves. Only `Disk+Entries.swift`
// calls them, and it syncs the parent directory after each.

/// File operations.
public protocol Disk: Sendable {
    /// Opens a regular file. If the last path component is a symbolic link, it is not followed.
    func open(_ path: String, _ access: DiskAccess) throws(DiskError) -> DiskHandle
    /// Creates a regular file with mode 0600 and opens it for reading and writing; it must not exist. Use `create(_:)`.
    func entryCreate(_ path: String) throws(DiskError) -> DiskHandle
    /// Renames and replaces anything at `target`. Use `rename(_:to:)`.
    func entryRename(_ path: String, to target: String) throws(DiskError)
    /// Removes a file. Use `remove(_:)`.
    func entryRemove(_ path: String) throws(DiskError)
    /// Creates a directory with mode 0700. Use `makeDirectory(_:)`.
    func entryMakeDirectory(_ path: String) throws(DiskError)

    /// Fills `buffer` from byte `position` on. Returns fewer bytes than requested only at the end of the file.
    func read(_ file: DiskHandle, into buffer: UnsafeMutableRawBufferPointer, at position: UInt64) throws(DiskError) -> Int
    /// Writes all of `bytes` at `position`. After an error any part of them may have been written.
    func write(_ file: DiskHandle, _ bytes: UnsafeRawBufferPointer, at position: UInt64) throws(DiskError)
    func truncate(_ file: DiskHandle, to size: UInt64) throws(DiskError)
    /// Makes content and size durable (`fdatasync`). After an error nothing written since the last success can be trusted.
    func syncData(_ file: DiskHandle) throws(DiskError)
    /// Makes the entries of a directory durable.
    func syncDirectory(_ path: String) throws(DiskError)
    func size(_ file: DiskHandle) throws(DiskError) -> UInt64
    func close(_ file: DiskHandle)

    /// The names in a directory, without `.` and `..`, in arbitrary order.
    func list(_ directory: String) throws(DiskError) -> [String]
    /// The kind of entry at `path`, without following links; nil when there is none.
    func kind(_ path: String) throws(DiskError) -> DiskEntryKind?
    /// Takes the exclusive lock on the file at `path`, creating it if needed, and writes `note` into it. Throws `lockHeld`,
    /// with the holder's note as detail, if it is held. `close` releases the lock.
    func lock(_ path: String, note: String) throws(DiskError) -> DiskHandle
}
