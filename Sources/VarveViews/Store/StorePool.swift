internal import Synchronization

/// Keeps view stores open between queries, because opening one reads its schema and costs more than most answers. A store whose
/// file was replaced, because its projector rebuilt a damaged one, is opened again.
final class StorePool: Sendable {
    private let data: String
    private let idle = Mutex<[String: [ViewStore]]>([:])
    /// The most idle stores kept per projector.
    private static let idleMax = 4

    init(at data: String) { self.data = data }

    /// Runs `body` in one read transaction on the store of `projector`. Threads may read concurrently, each with its own store.
    ///
    /// - Throws: the errors of `ViewStore.open` and `ViewStore.read`.
    func read<Value>(
        _ projector: String, _ body: (StoreReader) throws(ViewError) -> Value
    ) throws(ViewError) -> Value {
        let store = try take(projector)
        do throws(ViewError) {
            let value = try store.read(body)
            giveBack(store, projector)
            return value
        } catch {
            // Do not reuse the connection to a damaged file.
            if error.code != .damaged { giveBack(store, projector) }
            throw error
        }
    }

    /// The number of idle stores.
    var idleCount: Int { idle.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    private func take(_ projector: String) throws(ViewError) -> ViewStore {
        while let store = idle.withLock({ $0[projector]?.popLast() }) {
            if store.isInPlace() { return store }
        }
        return try ViewStore.open(at: data, projector: projector)
    }

    private func giveBack(_ store: ViewStore, _ projector: String) {
        idle.withLock { idle in
            if idle[projector, default: []].count < Self.idleMax { idle[projector, default: []].append(store) }
        }
    }
}
