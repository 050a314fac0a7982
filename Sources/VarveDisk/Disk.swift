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

/// How a file is opened.
public enum DiskAccess: Sendable {
    case read
    case readWrite
}

/// What a directory entry is.
public enum DiskEntryKind: Sendable {
    case file
    case directory
    case symbolicLink
    case other
}

/// An open file of a `Disk`.
public struct DiskHandle: Hashable, Sendable {
    /// The file descriptor, or whatever number the disk gave it.
    public var number: Int32
    public var path: String

    public init(number: Int32, path: String) {
        self.number = number
        self.path = path
    }
}

/// An open file that closes itself.
public final class DiskFile: Sendable {
    public let handle: DiskHandle
    public let disk: any Disk

    public init(_ handle: DiskHandle, on disk: any Disk) {
        self.handle = handle
        self.disk = disk
    }

    deinit { disk.close(handle) }

    public var path: String { handle.path }

    public func read(into buffer: UnsafeMutableRawBufferPointer, at position: UInt64) throws(DiskError) -> Int {
        try disk.read(handle, into: buffer, at: position)
    }

    public func write(_ bytes: UnsafeRawBufferPointer, at position: UInt64) throws(DiskError) {
        try disk.write(handle, bytes, at: position)
    }

    public func write(_ bytes: [UInt8], at position: UInt64) throws(DiskError) {
        // `withUnsafeBytes` does not carry typed errors of a closure as wide as this one needs, so the result comes out by hand.
        let result = bytes.withUnsafeBytes { raw in
            Result { () throws(DiskError) in try disk.write(handle, raw, at: position) }
        }
        try result.get()
    }

    public func truncate(to size: UInt64) throws(DiskError) { try disk.truncate(handle, to: size) }
    public func syncData() throws(DiskError) { try disk.syncData(handle) }
    public func size() throws(DiskError) -> UInt64 { try disk.size(handle) }

    /// Up to `count` bytes from `position`; fewer at the end of the file.
    public func read(_ count: Int, at position: UInt64) throws(DiskError) -> [UInt8] {
        var failure: DiskError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(DiskError) {
                filled = try disk.read(handle, into: UnsafeMutableRawBufferPointer(buffer), at: position)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// The whole file, which must not be longer than `limit`.
    public func readAll(limit: Int) throws(DiskError) -> [UInt8] {
        let size = try size()
        guard size <= UInt64(limit) else {
            throw DiskError(.other, operation: "read", path: path, detail: "\(size) bytes, the limit is \(limit)")
        }
        return try read(Int(size), at: 0)
    }
}
