// Changes of directories, durable when they return. One function does the change and then the parent's fsync; all others are
// that function with a name, so that no caller can forget the second half.

extension Disk {
    /// Makes `change`, which alters the entry `path`, and then makes the parent directory durable.
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

    /// Creates an empty file whose entry is durable.
    public func create(_ path: String) throws(DiskError) -> DiskFile {
        let file = DiskFile(try entryCreate(path), on: self)
        return try changeEntry(path) { () throws(DiskError) in file }
    }

    /// Renames within one directory, replacing what stands at `target`.
    public func rename(_ path: String, to target: String) throws(DiskError) {
        try changeEntry(target) { () throws(DiskError) in try entryRename(path, to: target) }
        if parentDirectory(of: path) != parentDirectory(of: target) {
            try syncDirectory(parentDirectory(of: path))
        }
    }

    public func remove(_ path: String) throws(DiskError) {
        try changeEntry(path) { () throws(DiskError) in try entryRemove(path) }
    }

    /// Makes sure that a directory stands at `path`. An entry that is there may not have been synced by whoever made it, so
    /// the parent is synced in any case.
    public func makeDirectory(_ path: String) throws(DiskError) {
        switch try kind(path) {
        case .directory: try syncDirectory(parentDirectory(of: path))
        case nil:
            do throws(DiskError) {
                try changeEntry(path) { () throws(DiskError) in try entryMakeDirectory(path) }
            } catch {
                // Somebody else was faster, between the look and the making.
                guard error.code == .exists, try kind(path) == .directory else { throw error }
                try syncDirectory(parentDirectory(of: path))
            }
        default:
            throw DiskError(.wrongKind, operation: "mkdir", path: path, detail: "something that is no directory stands there")
        }
    }

    /// A file with `bytes`, durable, in one step: it is written beside and renamed, so that `path` never holds half of it.
    public func replace(_ path: String, with bytes: [UInt8]) throws(DiskError) {
        let beside = path + temporarySuffix
        if try kind(beside) != nil { try remove(beside) }
        let file = try create(beside)
        try file.write(bytes, at: 0)
        try file.syncData()
        try rename(beside, to: path)
    }
}

extension Disk {
    /// As `replace`, but nothing is synced: for derived files that carry a hash of their own. After a power cut the old file, the
    /// new one, none, or one with other bytes may stand there; a process that dies leaves the old or the new one.
    public func replaceUnsynced(_ path: String, with bytes: [UInt8]) throws(DiskError) {
        let beside = path + temporarySuffix
        if try kind(beside) != nil { try entryRemove(beside) }
        let file = DiskFile(try entryCreate(beside), on: self)
        try file.write(bytes, at: 0)
        try entryRename(beside, to: path)
    }
}

/// Ends the name of a file that is being written and will be renamed. What a crash leaves under such a name is removed.
public let temporarySuffix = ".tmp"

/// The directory in which `path` is an entry.
public func parentDirectory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
