// The one seam between Varve and the operating system's files.
//
// Everything the log keeps goes through `Disk`: `RealDisk` makes system calls, the simulated disk of the tests keeps bytes in
// memory and forgets what was not synced. Calls are synchronous and may block: whoever calls owns a thread.
//
// Requirements whose name begins with `entry` change a directory and are not durable by themselves. Nobody calls them but
// `Disk+Entries.swift`, which follows each with an fsync of the parent directory.

/// File operations on a store.
public protocol Disk: Sendable {
    /// Opens a plain file. The last component is never followed when it is a symbolic link.
    func open(_ path: String, _ access: DiskAccess) throws(DiskError) -> DiskHandle
    /// Creates a plain file with mode 0600 and opens it for reading and writing; it must not exist. Use `create(_:)`.
    func entryCreate(_ path: String) throws(DiskError) -> DiskHandle
    /// Renames over whatever stands at `target`. Use `rename(_:to:)`.
    func entryRename(_ path: String, to target: String) throws(DiskError)
    /// Removes a file. Use `remove(_:)`.
    func entryRemove(_ path: String) throws(DiskError)
    /// Creates a directory with mode 0700. Use `makeDirectory(_:)`.
    func entryMakeDirectory(_ path: String) throws(DiskError)

    /// Fills `buffer` from the byte `position` on; returns fewer bytes than asked only at the end of the file.
    func read(_ file: DiskHandle, into buffer: UnsafeMutableRawBufferPointer, at position: UInt64) throws(DiskError) -> Int
    /// Writes all of `bytes` at `position`. After an error any part of them may have been written.
    func write(_ file: DiskHandle, _ bytes: UnsafeRawBufferPointer, at position: UInt64) throws(DiskError)
    func truncate(_ file: DiskHandle, to size: UInt64) throws(DiskError)
    /// Makes content and size durable (`fdatasync`). After an error nothing written since the last success is trusted.
    func syncData(_ file: DiskHandle) throws(DiskError)
    /// Makes the entries of a directory durable.
    func syncDirectory(_ path: String) throws(DiskError)
    func size(_ file: DiskHandle) throws(DiskError) -> UInt64
    func close(_ file: DiskHandle)

    /// The names in a directory, without `.` and `..`, in no order.
    func list(_ directory: String) throws(DiskError) -> [String]
    /// What stands at `path`, links not followed; nil when nothing does.
    func kind(_ path: String) throws(DiskError) -> DiskEntryKind?
    /// Takes the exclusive lock on the file at `path`, which is created when absent, and writes `note` into it. When somebody
    /// holds it: `lockHeld`, with the holder's note as detail. `close` lets go of it.
    func lock(_ path: String, note: String) throws(DiskError) -> DiskHandle
}
