// System calls on the real file system, as their manual pages require: interrupted calls are retried, short reads and writes
// continued, descriptors closed on exec, links not followed, and no O_APPEND, so that a write goes where the caller says.

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The machine's file system.
public struct RealDisk: Disk {
    public init() {}

    public func open(_ path: String, _ access: DiskAccess) throws(DiskError) -> DiskHandle {
        let mode = access == .read ? O_RDONLY : O_RDWR
        // O_NONBLOCK makes opening a FIFO return at once; it has no effect on regular files.
        return try openPlain(path, mode | O_NONBLOCK, operation: "open")
    }

    public func entryCreate(_ path: String) throws(DiskError) -> DiskHandle {
        try openPlain(path, O_RDWR | O_CREAT | O_EXCL, operation: "create")
    }

    private func openPlain(_ path: String, _ flags: Int32, operation: String) throws(DiskError) -> DiskHandle {
        try check(path, operation)
        let descriptor = try repeating(operation, path) { glibcOpen(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600) }
        let handle = DiskHandle(number: descriptor, path: path)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = DiskError(errno: errno, operation: operation, path: path)
            close(handle)
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(handle)
            throw DiskError(.wrongKind, operation: operation, path: path, detail: "not a regular file")
        }
        return handle
    }

    public func entryRename(_ path: String, to target: String) throws(DiskError) {
        try check(target, "rename")
        try check(path, "rename")
        _ = try repeating("rename", path) { glibcRename(path, target) }
    }

    public func entryRemove(_ path: String) throws(DiskError) {
        try check(path, "unlink")
        _ = try repeating("unlink", path) { unlink(path) }
    }

    public func entryMakeDirectory(_ path: String) throws(DiskError) {
        try check(path, "mkdir")
        _ = try repeating("mkdir", path) { mkdir(path, 0o700) }
    }

    public func syncDirectory(_ path: String) throws(DiskError) {
        try check(path, "fsync directory")
        let descriptor = try repeating("open directory", path) { glibcOpen(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
        defer { close(DiskHandle(number: descriptor, path: path)) }
        // Retried only after EINTR: after a failed fsync a second one proves nothing.
        _ = try repeating("fsync directory", path) { fsync(descriptor) }
    }

    public func kind(_ path: String) throws(DiskError) -> DiskEntryKind? {
        try check(path, "lstat")
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw DiskError(errno: errno, operation: "lstat", path: path)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        case S_IFLNK: return .symbolicLink
        default: return .other
        }
    }

    public func list(_ directory: String) throws(DiskError) -> [String] {
        try check(directory, "list")
        guard let stream = opendir(directory) else { throw DiskError(errno: errno, operation: "list", path: directory) }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw DiskError(errno: errno, operation: "list", path: directory) }
        return names
    }

    /// Refuses an empty path, and a path with a NUL, which would silently name another file.
    private func check(_ path: String, _ operation: String) throws(DiskError) {
        if path.isEmpty || path.utf8.contains(0) {
            throw DiskError(.badPath, operation: operation, path: path, detail: "the path is empty or contains a NUL")
        }
    }

    /// Repeats `call` while it is interrupted; a negative result is an error.
    func repeating(_ operation: String, _ path: String, _ call: () -> Int32) throws(DiskError) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            if errno != EINTR { throw DiskError(errno: errno, operation: operation, path: path) }
        }
    }
}

// Wrappers, because inside the type `open` and `rename` refer to its methods.
private func glibcOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
private func glibcRename(_ path: String, _ target: String) -> Int32 { rename(path, target) }
