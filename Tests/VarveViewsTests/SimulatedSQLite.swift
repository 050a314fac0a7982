// SQLite on a simulated disk: a VFS for every path that begins with `/simulated-`, in front of the one that SQLite has. SQLite's
// own code runs, write-ahead log and all; what it writes, syncs, creates and removes is what the disk can lose.
//
//     projector ─▶ GRDB ─▶ SQLite ─▶ this VFS ─▶ SimulatedDisk ◀─ log, registry, `-wal` synced by the projector
//
// The shared memory of a write-ahead log lives in this process and dies with it, as it would with the machine.

import GRDBSQLite
import VarveDisk
import VarveTestSupport

/// The simulated disks that SQLite sees, by the first component of their paths.
enum SimulatedSQLite {
    private static let disks = Monitor<[String: SimulatedDisk]>([:])
    private static let isInstalled = Monitor(false)

    /// From now on `root` (`/simulated-1`) is on `disk`. Files that are open stay on the disk they were opened on.
    static func mount(_ disk: SimulatedDisk, at root: String) {
        disks.withLock { $0[root] = disk }
        isInstalled.withLock { isInstalled in
            if !isInstalled { SimulatedVFS.install() }
            isInstalled = true
        }
    }

    static func unmount(_ root: String) { disks.withLock { $0[root] = nil } }

    /// The disk that holds `path`, if it is a simulated one.
    static func disk(of path: String) -> SimulatedDisk? {
        guard path.hasPrefix("/simulated-"), let root = path.split(separator: "/").first else { return nil }
        return disks.withLock { $0["/" + root] }
    }
}

/// The memory that the connections to one write-ahead log share.
final class SharedIndex: @unchecked Sendable {
    private static let all = Monitor<[String: SharedIndex]>([:])
    private var regions: [UnsafeMutableRawPointer] = []
    /// Per lock, how many hold it shared; −1 when one holds it alone.
    var locks = [Int](repeating: 0, count: 8)
    var users = 0
    private let key: String

    private init(_ key: String) { self.key = key }

    deinit { for region in regions { region.deallocate() } }

    static func attach(_ disk: SimulatedDisk, _ path: String) -> SharedIndex {
        let key = "\(UInt(bitPattern: ObjectIdentifier(disk).hashValue)) \(path)"
        return all.withLock { all in
            let index = all[key] ?? SharedIndex(key)
            all[key] = index
            index.users += 1
            return index
        }
    }

    func detach() {
        Self.all.withLock { all in
            users -= 1
            if users == 0 { all[key] = nil }
        }
    }

    func region(_ number: Int, size: Int, extend: Bool) -> UnsafeMutableRawPointer? {
        while regions.count <= number {
            guard extend else { return nil }
            let region = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
            region.initializeMemory(as: UInt8.self, repeating: 0, count: size)
            regions.append(region)
        }
        return regions[number]
    }
}

/// One file that SQLite has open.
final class SimulatedFile {
    let disk: SimulatedDisk
    let handle: DiskHandle
    let path: String
    let isRemovedAtEnd: Bool
    let isReadOnly: Bool
    var staysAfterwards = false
    /// Its name may be lost until its directory is synced, which comes with its first sync.
    var isNew: Bool
    var index: SharedIndex?
    var shared = [Bool](repeating: false, count: 8)
    var alone = [Bool](repeating: false, count: 8)

    init(
        _ disk: SimulatedDisk, _ handle: DiskHandle, path: String, isRemovedAtEnd: Bool, isNew: Bool, isReadOnly: Bool
    ) {
        self.isReadOnly = isReadOnly
        self.disk = disk
        self.handle = handle
        self.path = path
        self.isRemovedAtEnd = isRemovedAtEnd
        self.isNew = isNew
    }

    func lock(_ range: Range<Int>, _ flags: Int32) -> Int32 {
        guard let index, range.upperBound <= 8 else { return SQLITE_IOERR }
        let isShared = flags & SQLITE_SHM_SHARED != 0
        if flags & SQLITE_SHM_UNLOCK != 0 {
            for place in range {
                if shared[place] { index.locks[place] -= 1 }
                if alone[place] { index.locks[place] = 0 }
                (shared[place], alone[place]) = (false, false)
            }
            return SQLITE_OK
        }
        for place in range where !(isShared ? shared[place] : alone[place]) {
            if index.locks[place] < 0 || (!isShared && index.locks[place] > 0) { return SQLITE_BUSY }
        }
        for place in range where !(isShared ? shared[place] : alone[place]) {
            index.locks[place] = isShared ? index.locks[place] + 1 : -1
            if isShared { shared[place] = true } else { alone[place] = true }
        }
        return SQLITE_OK
    }
}
