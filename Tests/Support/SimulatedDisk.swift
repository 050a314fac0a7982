// A disk in memory that forgets. It knows for every file which bytes are durable and which writes are only pending, and for
// every directory entry the same, so that a power cut can end in any state that POSIX allows:
//
//     file        durable bytes  +  pending writes and truncations since the last sync
//     entries     durable names  +  pending creations, renames and removals since the parent's last fsync
//
// The whole disk is one value: a snapshot is a copy, and copies share memory until one of them is written to.

public import VarveDisk

/// The simulated disk. `crash` gives the disk as the next process finds it.
public final class SimulatedDisk: Disk, @unchecked Sendable {
    /// What an operation does instead of succeeding.
    public enum Fault: Hashable, Sendable {
        /// Fails with this `errno`. A write may have put down part of its bytes; a failed sync leaves the pages clean: nothing
        /// pending becomes durable by a later sync.
        case fail(Int32)
        /// Nothing happens from here on: the power is gone. `crash` says what is left.
        case powerCut
    }

    private let mutex = Monitor<Void>(())
    var state: DiskState

    public init() { state = DiskState() }

    init(_ state: DiskState) { self.state = state }

    func locked<Value>(_ body: () throws(DiskError) -> Value) throws(DiskError) -> Value {
        let result = mutex.withLock(notify: false) { _ in Result { () throws(DiskError) in try body() } }
        return try result.get()
    }

    private func look<Value>(_ body: () -> Value) -> Value { mutex.withLock(notify: false) { _ in body() } }

    /// How many operations that change something have been asked for.
    public var operationCount: Int { look { state.operations } }

    /// Faults by number of operation, as `operationCount` counts them.
    public func plan(_ faults: [Int: Fault]) { look { state.faults = faults } }

    /// Every operation from now on fails with this, until it is called with nil. Reads go on.
    public func failEverything(with errno: Int32?) { look { state.failEverything = errno } }

    /// Reads of these files fail with `EIO`.
    public func makeUnreadable(_ paths: Set<String>) { look { state.unreadable = paths } }

    /// Bytes that the disk holds at most; more is `ENOSPC`.
    public func limit(bytes: Int?) { look { state.capacity = bytes } }

    /// An independent copy, pending writes and all. Cheap.
    public func snapshot() -> SimulatedDisk { look { SimulatedDisk(state) } }

    /// The disk after a power cut, and after the machine has started again. The same seed gives the same outcome.
    public func crash(seed: UInt64) -> SimulatedDisk { look { SimulatedDisk(state.crashed(seed: seed)) } }

    /// The disk after the process was killed: everything written is there, locks are free.
    public func kill() -> SimulatedDisk {
        look {
            var next = state
            next.endProcess()
            return SimulatedDisk(next)
        }
    }

    /// The bytes of a file as a process sees them, for tests that damage them.
    public func contents(_ path: String) -> [UInt8]? { look { state.entries[path].map { state.nodes[$0].bytes } } }

    /// Replaces the bytes of a file, durably: damage.
    public func damage(_ path: String, _ body: (inout [UInt8]) -> Void) {
        look {
            guard let node = state.entries[path] else { return }
            body(&state.nodes[node].bytes)
            state.nodes[node].durable = state.nodes[node].bytes
            state.nodes[node].pending = []
        }
    }

    /// Removes a file, durably: damage.
    public func erase(_ path: String) {
        look {
            state.entries[path] = nil
            state.durableEntries[path] = nil
        }
    }

    /// How many entries there are.
    public var pathCount: Int { look { state.entries.count } }

    /// Whether the power is gone.
    public var isOff: Bool { look { state.isOff } }

    /// How many syncs have failed, and how many writes for want of room, since the process began.
    public var failedSyncs: Int { look { state.failedSyncs } }
    public var fullWrites: Int { look { state.fullWrites } }

    /// All paths, sorted.
    public var paths: [String] { look { state.entries.keys.sorted() } }

    // MARK: Disk

    public func open(_ path: String, _ access: DiskAccess) throws(DiskError) -> DiskHandle {
        try locked { () throws(DiskError) in try state.open(path) }
    }

    public func entryCreate(_ path: String) throws(DiskError) -> DiskHandle {
        try locked { () throws(DiskError) in try state.create(path) }
    }

    public func entryRename(_ path: String, to target: String) throws(DiskError) {
        try locked { () throws(DiskError) in try state.rename(path, target) }
    }

    public func entryRemove(_ path: String) throws(DiskError) {
        try locked { () throws(DiskError) in try state.remove(path) }
    }

    public func entryMakeDirectory(_ path: String) throws(DiskError) {
        try locked { () throws(DiskError) in try state.makeDirectory(path) }
    }

    public func read(
        _ file: DiskHandle, into buffer: UnsafeMutableRawBufferPointer, at position: UInt64
    ) throws(DiskError) -> Int {
        try locked { () throws(DiskError) in try state.read(file, buffer, position) }
    }

    public func write(_ file: DiskHandle, _ bytes: UnsafeRawBufferPointer, at position: UInt64) throws(DiskError) {
        try locked { () throws(DiskError) in try state.write(file, bytes, position) }
    }

    public func truncate(_ file: DiskHandle, to size: UInt64) throws(DiskError) {
        try locked { () throws(DiskError) in try state.truncate(file, size) }
    }

    public func syncData(_ file: DiskHandle) throws(DiskError) {
        try locked { () throws(DiskError) in try state.sync(file) }
    }

    public func syncDirectory(_ path: String) throws(DiskError) {
        try locked { () throws(DiskError) in try state.syncDirectory(path) }
    }

    public func size(_ file: DiskHandle) throws(DiskError) -> UInt64 {
        try locked { () throws(DiskError) in UInt64(try state.node(file, "fstat").bytes.count) }
    }

    public func close(_ file: DiskHandle) { look { state.close(file) } }

    public func list(_ directory: String) throws(DiskError) -> [String] {
        try locked { () throws(DiskError) in try state.list(directory) }
    }

    public func kind(_ path: String) throws(DiskError) -> DiskEntryKind? {
        try locked { () throws(DiskError) in
            try state.checkPower("lstat", path)
            return state.entries[path].map { state.nodes[$0].isDirectory ? .directory : .file }
        }
    }

    public func lock(_ path: String, note: String) throws(DiskError) -> DiskHandle {
        try locked { () throws(DiskError) in try state.lock(path, note) }
    }
}
