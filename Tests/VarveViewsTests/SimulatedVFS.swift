import GRDBSQLite
import VarveDisk
import VarveTestSupport

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// SQLite's extended codes, which are macros that Swift does not see.
private enum Failure {
    static let read = SQLITE_IOERR | 1 << 8
    static let shortRead = SQLITE_IOERR | 2 << 8
    static let write = SQLITE_IOERR | 3 << 8
    static let fsync = SQLITE_IOERR | 4 << 8
    static let truncate = SQLITE_IOERR | 6 << 8
    static let fstat = SQLITE_IOERR | 7 << 8
    static let delete = SQLITE_IOERR | 10 << 8
    static let access = SQLITE_IOERR | 13 << 8
    static let shmlock = SQLITE_IOERR | 20 << 8
    static let shmmap = SQLITE_IOERR | 21 << 8
    static let deleteNoent = SQLITE_IOERR | 23 << 8
}

/// The functions that SQLite calls. Each finds its file behind the pointer that SQLite keeps.
enum SimulatedVFS {
    /// What SQLite allocates for an open file: its methods, and ours.
    private struct Slot {
        var base: sqlite3_file
        var file: Unmanaged<SimulatedFile>?
    }

    nonisolated(unsafe) private static var base: UnsafeMutablePointer<sqlite3_vfs>?
    nonisolated(unsafe) private static let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    nonisolated(unsafe) private static let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)

    /// Becomes SQLite's default, for this process.
    static func install() {
        guard let base = sqlite3_vfs_find(nil) else { return }
        Self.base = base
        methods.initialize(to: ioMethods())
        vfs.initialize(to: base.pointee)
        vfs.pointee.pNext = nil
        vfs.pointee.szOsFile = max(base.pointee.szOsFile, Int32(MemoryLayout<Slot>.size))
        vfs.pointee.zName = UnsafePointer(strdup("simulated"))
        vfs.pointee.xOpen = { _, name, file, flags, outFlags in SimulatedVFS.open(name, file, flags, outFlags) }
        vfs.pointee.xDelete = { _, name, syncs in SimulatedVFS.delete(name, syncs: syncs != 0) }
        vfs.pointee.xAccess = { _, name, flags, result in SimulatedVFS.access(name, flags, result) }
        vfs.pointee.xFullPathname = { _, name, size, out in
            guard let name, let out else { return SQLITE_CANTOPEN }
            guard SimulatedSQLite.disk(of: String(cString: name)) != nil else {
                return SimulatedVFS.base?.pointee.xFullPathname?(SimulatedVFS.base, name, size, out) ?? SQLITE_CANTOPEN
            }
            guard strlen(name) < Int(size) else { return SQLITE_CANTOPEN }
            strcpy(out, name)
            return SQLITE_OK
        }
        sqlite3_vfs_register(vfs, 1)
    }

    private static func code(_ error: DiskError, _ otherwise: Int32) -> Int32 {
        error.code == .noSpace ? SQLITE_FULL : otherwise
    }

    private static func attempt(_ otherwise: Int32, _ body: () throws(DiskError) -> Int32) -> Int32 {
        do { return try body() } catch { return code(error, otherwise) }
    }

    private static func open(
        _ name: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let name, let file, let disk = SimulatedSQLite.disk(of: String(cString: name)) else {
            return base?.pointee.xOpen?(base, name, file, flags, outFlags) ?? SQLITE_CANTOPEN
        }
        file.pointee.pMethods = nil
        return attempt(SQLITE_CANTOPEN) { () throws(DiskError) in
            let path = String(cString: name)
            let isNew = try disk.kind(path) == nil
            guard !isNew || flags & SQLITE_OPEN_CREATE != 0 else { return SQLITE_CANTOPEN }
            let handle = isNew ? try disk.entryCreate(path) : try disk.open(path, .readWrite)
            let own = SimulatedFile(
                disk, handle, path: path, isRemovedAtEnd: flags & SQLITE_OPEN_DELETEONCLOSE != 0, isNew: isNew,
                isReadOnly: flags & SQLITE_OPEN_READONLY != 0)
            UnsafeMutableRawPointer(file).assumingMemoryBound(to: Slot.self).pointee.file = Unmanaged.passRetained(own)
            file.pointee.pMethods = UnsafePointer(methods)
            outFlags?.pointee = flags
            return SQLITE_OK
        }
    }

    private static func delete(_ name: UnsafePointer<CChar>?, syncs: Bool) -> Int32 {
        guard let name, let disk = SimulatedSQLite.disk(of: String(cString: name)) else {
            return base?.pointee.xDelete?(base, name, syncs ? 1 : 0) ?? Failure.delete
        }
        return attempt(Failure.delete) { () throws(DiskError) in
            let path = String(cString: name)
            guard try disk.kind(path) != nil else { return Failure.deleteNoent }
            try disk.entryRemove(path)
            if syncs { try disk.syncDirectory(parentDirectory(of: path)) }
            return SQLITE_OK
        }
    }

    private static func access(_ name: UnsafePointer<CChar>?, _ flags: Int32, _ result: UnsafeMutablePointer<Int32>?) -> Int32 {
        guard let name, let disk = SimulatedSQLite.disk(of: String(cString: name)) else {
            return base?.pointee.xAccess?(base, name, flags, result) ?? Failure.access
        }
        return attempt(Failure.access) { () throws(DiskError) in
            let path = String(cString: name)
            let isThere = try disk.kind(path) != nil
            // An empty file is as good as none, for a journal that may have to be played back.
            let isEmpty = isThere && flags == SQLITE_ACCESS_EXISTS && (disk.contents(path) ?? []).isEmpty
            result?.pointee = isThere && !isEmpty ? 1 : 0
            return SQLITE_OK
        }
    }

    private static func file(_ pointer: UnsafeMutablePointer<sqlite3_file>?) -> SimulatedFile? {
        guard let pointer else { return nil }
        return UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Slot.self).pointee.file?.takeUnretainedValue()
    }

    private static func ioMethods() -> sqlite3_io_methods {
        var methods = sqlite3_io_methods()
        methods.iVersion = 2
        methods.xClose = { pointer in SimulatedVFS.close(pointer) }
        methods.xRead = { SimulatedVFS.read($0, $1, $2, $3) }
        methods.xWrite = { SimulatedVFS.write($0, $1, $2, $3) }
        methods.xTruncate = { pointer, size in
            guard let file = SimulatedVFS.file(pointer) else { return Failure.truncate }
            return SimulatedVFS.attempt(Failure.truncate) { () throws(DiskError) in
                try file.disk.truncate(file.handle, to: UInt64(clamping: size))
                return SQLITE_OK
            }
        }
        methods.xSync = { pointer, _ in
            guard let file = SimulatedVFS.file(pointer) else { return Failure.fsync }
            return SimulatedVFS.attempt(Failure.fsync) { () throws(DiskError) in
                try file.disk.syncData(file.handle)
                if file.isNew { try file.disk.syncDirectory(parentDirectory(of: file.path)) }
                file.isNew = false
                return SQLITE_OK
            }
        }
        methods.xFileSize = { pointer, size in
            guard let file = SimulatedVFS.file(pointer) else { return Failure.fstat }
            return SimulatedVFS.attempt(Failure.fstat) { () throws(DiskError) in
                size?.pointee = Int64(clamping: try file.disk.size(file.handle))
                return SQLITE_OK
            }
        }
        // One process: its locks are those of the projector, and of the shared memory.
        methods.xLock = { pointer, level in
            // Who may not write gets no lock to write, and so checkpoints nothing when it closes the file.
            let isReader = SimulatedVFS.file(pointer)?.isReadOnly ?? true
            return isReader && level > SQLITE_LOCK_SHARED ? SQLITE_PERM : SQLITE_OK
        }
        methods.xUnlock = { _, _ in SQLITE_OK }
        methods.xCheckReservedLock = { _, isReserved in
            isReserved?.pointee = 0
            return SQLITE_OK
        }
        methods.xFileControl = { SimulatedVFS.control($0, $1, $2) }
        methods.xSectorSize = { _ in 4_096 }
        // As SQLite's own VFS says by default: a torn write hurts nothing beside it.
        methods.xDeviceCharacteristics = { _ in SQLITE_IOCAP_POWERSAFE_OVERWRITE }
        methods.xShmMap = { pointer, number, size, extend, out in
            guard let file = SimulatedVFS.file(pointer) else { return Failure.shmmap }
            let index = file.index ?? SharedIndex.attach(file.disk, file.path)
            file.index = index
            out?.pointee = index.region(Int(number), size: Int(size), extend: extend != 0).map { UnsafeMutableRawPointer($0) }
            return SQLITE_OK
        }
        methods.xShmLock = { pointer, first, count, flags in
            SimulatedVFS.file(pointer)?.lock(Int(first)..<Int(first + count), flags) ?? Failure.shmlock
        }
        methods.xShmBarrier = { _ in }
        methods.xShmUnmap = { pointer, _ in
            SimulatedVFS.file(pointer)?.index?.detach()
            SimulatedVFS.file(pointer)?.index = nil
            return SQLITE_OK
        }
        return methods
    }

    private static func close(_ pointer: UnsafeMutablePointer<sqlite3_file>?) -> Int32 {
        guard let pointer, let file = file(pointer) else { return SQLITE_OK }
        file.index?.detach()
        file.disk.close(file.handle)
        if file.isRemovedAtEnd { _ = try? file.disk.entryRemove(file.path) }
        let slot = UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Slot.self)
        slot.pointee.file?.release()
        slot.pointee.file = nil
        return SQLITE_OK
    }

    private static func read(
        _ pointer: UnsafeMutablePointer<sqlite3_file>?, _ buffer: UnsafeMutableRawPointer?, _ count: Int32, _ position: Int64
    ) -> Int32 {
        guard let file = file(pointer), let buffer else { return Failure.read }
        return attempt(Failure.read) { () throws(DiskError) in
            let space = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
            let found = try file.disk.read(file.handle, into: space, at: UInt64(clamping: position))
            for index in found..<Int(count) { space[index] = 0 }
            return found == Int(count) ? SQLITE_OK : Failure.shortRead
        }
    }

    private static func write(
        _ pointer: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ count: Int32, _ position: Int64
    ) -> Int32 {
        guard let file = file(pointer) else { return Failure.write }
        return attempt(Failure.write) { () throws(DiskError) in
            try file.disk.write(
                file.handle, UnsafeRawBufferPointer(start: bytes, count: Int(count)), at: UInt64(clamping: position))
            return SQLITE_OK
        }
    }

    private static func control(
        _ pointer: UnsafeMutablePointer<sqlite3_file>?, _ operation: Int32, _ argument: UnsafeMutableRawPointer?
    ) -> Int32 {
        guard let file = file(pointer), let number = argument?.assumingMemoryBound(to: Int32.self) else { return SQLITE_NOTFOUND }
        switch operation {
        case SQLITE_FCNTL_PERSIST_WAL:
            if number.pointee >= 0 { file.staysAfterwards = number.pointee != 0 }
            number.pointee = file.staysAfterwards ? 1 : 0
            return SQLITE_OK
        case SQLITE_FCNTL_HAS_MOVED:
            number.pointee = ((try? file.disk.kind(file.path)) ?? nil) == nil ? 1 : 0
            return SQLITE_OK
        default: return SQLITE_NOTFOUND
        }
    }
}
