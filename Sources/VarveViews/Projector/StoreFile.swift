internal import VarveBatchFormat
internal import VarveDisk
internal import VarveLog

/// The SQLite file of a projector, before it is known to be valid.
struct StoreFile {
    let path: String
    /// The marker file by which readers report damage.
    let mark: String
    private let lockPath: String
    let disk: any Disk

    init(_ paths: ViewPaths, _ projector: String, disk: any Disk) {
        path = paths.database(projector)
        mark = paths.damaged(projector)
        lockPath = paths.lock(projector)
        self.disk = disk
    }

    /// Creates the folder, if there is none.
    func makeFolder() throws(ViewError) {
        try typed(at: path) { try disk.makeDirectory(parentDirectory(of: path)) }
    }

    /// Takes the lock of the projector.
    func lock() throws(ViewError) -> DiskFile {
        try typed(at: lockPath) { DiskFile(try disk.lock(lockPath, note: processNote()), on: disk) }
    }

    /// Whether a reader has reported damage.
    var isMarked: Bool { ((try? disk.kind(mark)) ?? nil) != nil }

    /// Makes everything durable that was committed before this call, while the projector continues to commit. SQLite itself
    /// would sync only within a commit, which then waits for the disk; and a commit that changes no page syncs nothing,
    /// whatever its `synchronous` setting.
    ///
    /// A commit is in the write-ahead log until a checkpoint has copied it into the database file and synced that. SQLite's
    /// locks are on other files, so closing this handle releases none of them.
    func syncCommits() throws(ViewError) {
        try typed(at: path) {
            guard try disk.kind(path + "-wal") != nil else { return }
            try disk.openFile(path + "-wal", .readWrite).syncData()
            // Sync the name too: SQLite syncs the directory only with its own first sync of the file, which may not have
            // happened yet.
            try disk.syncDirectory(parentDirectory(of: path))
        }
    }

    /// Whether database file and write-ahead log are the ones that `store` has open; either may have been deleted or replaced.
    /// A reader that finds no write-ahead log creates an empty one, which differs from the store's in size.
    func isInPlace(_ store: StoreWriter) -> Bool {
        guard store.isInPlace(), let size = try? disk.openFile(path + "-wal").size() else { return false }
        return store.logSize().map { $0 == size } ?? true
    }

    /// Removes the file and the files that SQLite keeps beside it.
    func remove() throws(ViewError) {
        try typed(at: path) {
            for suffix in ["", "-wal", "-shm", "-journal"] where try disk.kind(path + suffix) != nil {
                try disk.remove(path + suffix)
            }
            if try disk.kind(mark) != nil { try disk.remove(mark) }
        }
    }

    /// Opens the store. A damaged store, or one of an older schema, is removed, because views are derived.
    func open(
        _ log: StoreID, _ projector: String, _ onStep: (@Sendable (CommitStep) throws -> Void)?, _ notes: inout [String]
    ) throws(ViewError) -> StoreWriter {
        do throws(ViewError) {
            if isMarked { throw ViewError(.damaged, "a reader found \(path) damaged") }
            let unclean = try typed(at: path) { () -> Bool in
                // Create the file here, readable only by its owner; SQLite gives the files beside it the same mode.
                if try disk.kind(path) == nil { _ = try disk.create(path) }
                // The write-ahead log is empty after a clean shutdown.
                return try disk.kind(path + "-wal") != nil && disk.openFile(path + "-wal").size() > 0
            }
            let store = try StoreWriter(at: path, log: log, projector: projector, onStep: onStep)
            try check(store, unclean)
            return store
        } catch let error where error.code == .damaged {
            notes.append("projector '\(projector)' rebuilds all its views: \(error.message)")
            try remove()
            _ = try typed(at: path) { try disk.create(path) }
            return try StoreWriter(at: path, log: log, projector: projector, onStep: onStep)
        }
    }

    /// Checks the store, and closes it if it is damaged, because its replacement has the same name.
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
