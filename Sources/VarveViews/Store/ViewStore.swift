// The views of one projector, for reading: a SQLite file opened read-only, however many processes do so and whatever its
// projector is doing meanwhile.
//
//     let store = try ViewStore.open(at: "data")
//     let rows = try store.read { try $0.rows(of: .rollbackRate, ViewQuery(bucket: .hour)) }

internal import GRDB
internal import VarveDisk

/// The views of one projector, read-only.
public final class ViewStore: Sendable {
    /// The path of its file.
    public let path: String
    private let queue: DatabaseQueue

    private init(path: String, queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// Opens the store of projector `projector` under the data directory `data`. Changes nothing.
    public static func open(at data: String, projector: String = "main") throws(ViewError) -> ViewStore {
        try ViewPaths.check(projector: projector)
        let path = ViewPaths(data).database(projector)
        return try typed(at: path) {
            guard try RealDisk().kind(path) == .file else {
                throw ViewError(
                    .noStore, "\(path): projector \(projector) has not run here yet; run `varve project --data \(data)`")
            }
            let queue = try DatabaseQueue(path: path, configuration: StoreSchema.configuration(readonly: true))
            guard try queue.read({ try StoreSchema.isStore($0, at: path) }) else {
                throw ViewError(.noStore, "\(path): not a finished view store; run `varve project --data \(data)`")
            }
            return ViewStore(path: path, queue: queue)
        }
    }

    /// Runs `body` on one consistent moment of the store: rows and checkpoint fit each other.
    public func read<Value>(_ body: (StoreReader) throws(ViewError) -> Value) throws(ViewError) -> Value {
        try typed(at: path) {
            try queue.read { db in try body(StoreReader(db: db, path: path)) }
        }
    }
}
