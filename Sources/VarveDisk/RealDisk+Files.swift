// Open files: positioned reads and writes, size, sync, and the lock.

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

extension RealDisk {
    public func read(
        _ file: DiskHandle, into buffer: UnsafeMutableRawBufferPointer, at position: UInt64
    ) throws(DiskError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let start = try fileOffset(position, filled, "read", file)
            let count = pread(file.number, buffer.baseAddress! + filled, buffer.count - filled, start)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw DiskError(errno: errno, operation: "read", path: file.path)
            }
        }
        return filled
    }

    public func write(_ file: DiskHandle, _ bytes: UnsafeRawBufferPointer, at position: UInt64) throws(DiskError) {
        var written = 0
        while written < bytes.count {
            let start = try fileOffset(position, written, "write", file)
            let count = pwrite(file.number, bytes.baseAddress! + written, bytes.count - written, start)
            if count > 0 {
                written += count
            } else if count == 0 {
                throw DiskError(errno: ENOSPC, operation: "write", path: file.path)
            } else if errno != EINTR {
                throw DiskError(errno: errno, operation: "write", path: file.path)
            }
        }
    }

    private func fileOffset(
        _ position: UInt64, _ done: Int, _ operation: String, _ file: DiskHandle
    ) throws(DiskError) -> off_t {
        let (sum, overflow) = position.addingReportingOverflow(UInt64(done))
        guard !overflow, let offset = off_t(exactly: sum) else {
            throw DiskError(.other, operation: operation, path: file.path, detail: "byte position \(position) is out of range")
        }
        return offset
    }

    public func truncate(_ file: DiskHandle, to size: UInt64) throws(DiskError) {
        let length = try fileOffset(size, 0, "truncate", file)
        _ = try repeating("truncate", file.path) { ftruncate(file.number, length) }
    }

    public func syncData(_ file: DiskHandle) throws(DiskError) {
        #if canImport(Glibc)
        _ = try repeating("fdatasync", file.path) { fdatasync(file.number) }
        #else
        _ = try repeating("fsync", file.path) { fcntl(file.number, F_FULLFSYNC) }
        #endif
    }

    public func size(_ file: DiskHandle) throws(DiskError) -> UInt64 {
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw DiskError(errno: errno, operation: "fstat", path: file.path) }
        return UInt64(max(0, status.st_size))
    }

    public func close(_ file: DiskHandle) {
        // Never retried: after EINTR or EIO Linux has released the descriptor, and its number may already be reused.
        _ = systemClose(file.number)
    }

    /// Uses `flock`, because that lock belongs to the open file: closing another descriptor of the same file does not release
    /// it, as would happen with a POSIX record lock.
    public func lock(_ path: String, note: String) throws(DiskError) -> DiskHandle {
        let descriptor = try repeating("open", path) {
            systemOpen(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        }
        let handle = DiskHandle(number: descriptor, path: path)
        do throws(DiskError) {
            _ = try repeating("lock", path) { flock(descriptor, LOCK_EX | LOCK_NB) }
            try truncate(handle, to: 0)
            try writeNote(handle, note)
            return handle
        } catch {
            var error = error
            if error.errno == EWOULDBLOCK {
                error = DiskError(.lockHeld, operation: "lock", path: path, detail: (try? readNote(handle)) ?? "")
            }
            close(handle)
            throw error
        }
    }

    private func writeNote(_ handle: DiskHandle, _ note: String) throws(DiskError) {
        var note = note
        let result = note.withUTF8 { utf8 in
            Result { () throws(DiskError) in try write(handle, UnsafeRawBufferPointer(utf8), at: 0) }
        }
        try result.get()
    }

    private func readNote(_ handle: DiskHandle) throws(DiskError) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let result = bytes.withUnsafeMutableBytes { raw in
            Result { () throws(DiskError) in try read(handle, into: raw, at: 0) }
        }
        // The note will be printed, so keep only printable ASCII.
        return String(decoding: bytes.prefix(try result.get()).filter { (32..<127).contains($0) }, as: UTF8.self)
    }
}

private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
