// Read access to the views of one projector. The SQLite file is opened read-only, by any number of processes, while the
// projector may be running.
//
//     let store = try ViewStore.open(at: "data")
//     let rows = try store.read { try $0.rows(of: .rollbackRate, ViewQuery(bucket: .hour)) }

internal import GRDB
internal import GRDBSQLite
internal import VarveDisk

/// The views of one projector, read-only.
public final class ViewStore: Sendable {
    /// The path of its file.
    public let path: String
    private let queue: DatabaseQueue
    private let mark: String
    private let disk: any Disk

    private init(path: String, queue: DatabaseQueue, mark: String, disk: any Disk) {
        self.disk = disk
        self.path = path
        self.queue = queue
        self.mark = mark
    }

    /// Opens the store of projector `projector` in the data directory `data`. Writes nothing, except that damage is reported to
    /// the projector by an empty file beside the store; the projector then rebuilds its store.
    ///
    /// - Throws: `.noStore` when the projector has not run yet, `.damaged`, `.newerFormat`.
    public static func open(at data: String, projector: String = "main") throws(ViewError) -> ViewStore {
        try open(at: data, projector: projector, disk: RealDisk())
    }

    static func open(at data: String, projector: String, disk: any Disk) throws(ViewError) -> ViewStore {
        try ViewPaths.check(projector: projector)
        let paths = ViewPaths(data)
        let (path, mark) = (paths.database(projector), paths.damaged(projector))
        return try marking(mark, on: disk, at: path) {
            guard try disk.kind(path) == .file else {
                throw ViewError(.noStore, "\(path): projector \(projector) has not run here yet")
            }
            let queue = try DatabaseQueue(path: path, configuration: StoreSchema.configuration(readonly: true))
            guard try queue.read({ try StoreSchema.isStore($0, at: path) }) else {
                throw ViewError(.noStore, "\(path): not a finished view store")
            }
            return ViewStore(path: path, queue: queue, mark: mark, disk: disk)
        }
    }

    /// Runs `body` in one read transaction, so that rows and checkpoint match.
    public func read<Value>(_ body: (StoreReader) throws(ViewError) -> Value) throws(ViewError) -> Value {
        try Self.marking(mark, on: disk, at: path) {
            try queue.read { db in try body(StoreReader(db: db, path: path)) }
        }
    }

    /// Whether the open file is still the one at its path and has not been reported as damaged.
    func isInPlace() -> Bool {
        guard (try? disk.kind(mark)) == .some(nil) else { return false }
        return queue.inDatabase { db in db.isFileInPlace }
    }

    /// Like `typed`, and reports damage by creating the marker file: only the projector may replace the store, and it may not
    /// read the damaged page for a long time.
    private static func marking<Value>(
        _ mark: String, on disk: any Disk, at path: String, _ body: () throws -> Value
    ) throws(ViewError) -> Value {
        do {
            return try typed(at: path, body)
        } catch {
            if error.code == .damaged, (try? disk.kind(mark)) == .some(nil) { _ = try? disk.create(mark) }
            throw error
        }
    }
}
