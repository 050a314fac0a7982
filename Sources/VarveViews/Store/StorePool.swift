internal import Synchronization

/// View stores that stay open between questions: opening one reads its schema and costs more than most answers. A store whose
/// file was replaced meanwhile (its projector builds a damaged one anew) is opened again.
final class StorePool: Sendable {
    private let data: String
    private let idle = Mutex<[String: [ViewStore]]>([:])
    /// Open and unused stores that are kept, per projector.
    private static let idleMax = 4

    init(at data: String) { self.data = data }

    /// Runs `body` on one consistent moment of the store of `projector`. Several threads may read at once, each its own store.
    ///
    /// - Throws: what `ViewStore.open` and `ViewStore.read` throw.
    func read<Value>(
        _ projector: String, _ body: (StoreReader) throws(ViewError) -> Value
    ) throws(ViewError) -> Value {
        let store = try take(projector)
        do throws(ViewError) {
            let value = try store.read(body)
            give(store, projector)
            return value
        } catch {
            // The connection to a damaged file is not used again.
            if error.code != .damaged { give(store, projector) }
            throw error
        }
    }

    /// Stores that are open and unused.
    var idleCount: Int { idle.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    private func take(_ projector: String) throws(ViewError) -> ViewStore {
        while let store = idle.withLock({ $0[projector]?.popLast() }) {
            if store.isInPlace() { return store }
        }
        return try ViewStore.open(at: data, projector: projector)
    }

    private func give(_ store: ViewStore, _ projector: String) {
        idle.withLock { idle in
            if idle[projector, default: []].count < Self.idleMax { idle[projector, default: []].append(store) }
        }
    }
}
