// Changes to directories that are durable on return. `changeEntry` makes the change and then syncs the parent directory; all
// other functions go through it, so that no caller can forget the sync.

extension Disk {
    /// Makes `change`, which alters the entry `path`, and then syncs the parent directory.
    private func changeEntry<Value>(
        _ path: String, _ change: () throws(DiskError) -> Value
    ) throws(DiskError) -> Value {
        let value = try change()
        try syncDirectory(parentDirectory(of: path))
        return value
    }

    /// Opens an existing file.
    public func openFile(_ path: String, _ access: DiskAccess = .read) throws(DiskError) -> DiskFile {
        DiskFile(try open(path, access), on: self)
    }

    /// Creates an empty file with a durable entry.
    public func create(_ path: String) throws(DiskError) -> DiskFile {
        let file = DiskFile(try entryCreate(path), on: self)
        return try changeEntry(path) { () throws(DiskError) in file }
    }

    /// Renames a file and replaces anything at `target`.
    public func rename(_ path: String, to target: String) throws(DiskError) {
        try changeEntry(target) { () throws(DiskError) in try entryRename(path, to: target) }
        if parentDirectory(of: path) != parentDirectory(of: target) {
            try syncDirectory(parentDirectory(of: path))
        }
    }

    public func remove(_ path: String) throws(DiskError) {
        try changeEntry(path) { () throws(DiskError) in try entryRemove(path) }
    }

    /// Ensures that there is a directory at `path`. An existing entry may not have been synced by its creator, so the parent
    /// directory is always synced.
    public func makeDirectory(_ path: String) throws(DiskError) {
        switch try kind(path) {
        case .directory: try syncDirectory(parentDirectory(of: path))
        case nil:
            do throws(DiskError) {
                try changeEntry(path) { () throws(DiskError) in try entryMakeDirectory(path) }
            } catch {
                // Another process created it in the meantime.
                guard error.code == .exists, try kind(path) == .directory else { throw error }
                try syncDirectory(parentDirectory(of: path))
            }
        default:
            throw DiskError(.wrongKind, operation: "mkdir", path: path, detail: "something other than a directory is there")
        }
    }

    /// Atomically and durably replaces the file at `path`: writes a temporary file and renames it, so that `path` is never
    /// half-written.
    public func replace(_ path: String, with bytes: [UInt8]) throws(DiskError) {
        let temporary = path + temporarySuffix
        if try kind(temporary) != nil { try remove(temporary) }
        let file = try create(temporary)
        try file.write(bytes, at: 0)
        try file.syncData()
        try rename(temporary, to: path)
    }
}

extension Disk {
    /// Like `replace` but without syncs, for derived files that carry their own hash. After a power cut there may be the old
    /// file, the new one, none, or one with other bytes; after a crash of the process, the old or the new one.
    public func replaceUnsynced(_ path: String, with bytes: [UInt8]) throws(DiskError) {
        let temporary = path + temporarySuffix
        if try kind(temporary) != nil { try entryRemove(temporary) }
        let file = DiskFile(try entryCreate(temporary), on: self)
        try file.write(bytes, at: 0)
        try entryRename(temporary, to: path)
    }
}

/// The suffix of a file that is being written and will be renamed. Files that a crash leaves under such a name are removed.
public let temporarySuffix = ".tmp"

/// The directory that contains the entry `path`.
public func parentDirectory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
