internal import VarveBatchFormat
internal import VarveDisk
internal import VarveLog

/// The SQLite file of a projector, before it is known to be whole.
struct StoreFile {
    let path: String
    /// Where readers say that they found it damaged.
    let mark: String
    let disk: any Disk

    init(_ paths: ViewPaths, _ projector: String, disk: any Disk) {
        path = paths.database(projector)
        mark = paths.damaged(projector)
        self.disk = disk
    }

    /// Whether a reader has found it damaged.
    var isMarked: Bool { ((try? disk.kind(mark)) ?? nil) != nil }

    /// Makes everything durable that was committed before this was called, while its projector goes on committing. SQLite would
    /// do that in a commit, which waits for the disk; and one that changes no page syncs nothing, whatever its `synchronous` is.
    ///
    /// A commit is in the write-ahead log until a checkpoint has brought it into the file and synced that. SQLite's locks are on
    /// other files: closing this handle frees none of them.
    func syncCommits() throws(ViewError) {
        try typed(at: path) {
            guard try disk.kind(path + "-wal") != nil else { return }
            try disk.openFile(path + "-wal", .readWrite).syncData()
            // Its name too: SQLite syncs the directory with its own first sync of the file, which may not have come yet.
            try disk.syncDirectory(parentDirectory(of: path))
        }
    }

    /// Whether file and write-ahead log are where `store` has opened them: either may have been deleted or replaced meanwhile. A
    /// reader that finds no write-ahead log makes an empty one: its size tells it from that of `store`.
    func isInPlace(_ store: StoreWriter) -> Bool {
        guard store.isInPlace(), let size = try? disk.openFile(path + "-wal").size() else { return false }
        return store.logSize().map { $0 == size } ?? true
    }

    /// Removes it, with what SQLite keeps beside it.
    func remove() throws(ViewError) {
        try typed(at: path) {
            for suffix in ["", "-wal", "-shm", "-journal"] where try disk.kind(path + suffix) != nil {
                try disk.remove(path + suffix)
            }
            if try disk.kind(mark) != nil { try disk.remove(mark) }
        }
    }

    /// Opens it. What is damaged, or of an older schema, is removed: views are derived.
    func open(
        _ log: StoreID, _ projector: String, _ onStep: (@Sendable (CommitStep) throws -> Void)?, _ notes: inout [String]
    ) throws(ViewError) -> StoreWriter {
        do throws(ViewError) {
            if isMarked { throw ViewError(.damaged, "a reader found \(path) damaged") }
            let unclean = try typed(at: path) { () -> Bool in
                // Made here, so that only its owner can read it; SQLite gives what it keeps beside it the same mode.
                if try disk.kind(path) == nil { _ = try disk.create(path) }
                // Empty after a clean end.
                return try disk.kind(path + "-wal") != nil && disk.openFile(path + "-wal").size() > 0
            }
            let store = try StoreWriter(at: path, log: log, projector: projector, onStep: onStep)
            try check(store, unclean)
            return store
        } catch let error where error.code == .damaged {
            notes.append("projector '\(projector)' builds all its views anew: \(error.message)")
            try remove()
            _ = try typed(at: path) { try disk.create(path) }
            return try StoreWriter(at: path, log: log, projector: projector, onStep: onStep)
        }
    }

    /// Closes the store where it is damaged: what takes its place has the same name.
    private func check(_ store: StoreWriter, _ unclean: Bool) throws(ViewError) {
        do throws(ViewError) {
            if unclean { try store.checkWhole() }
            try store.checkRows()
        } catch {
            try? store.close()
            throw error
        }
    }
}
