internal import VarveEvents

extension EventBatch {
    /// The rows with an id and an event time up to `limit`, ascending.
    func rowsWithID(upTo limit: Timestamp) -> [UInt32] {
        guard let ids = column(.id), times.contains(where: { $0 <= limit.nanoseconds }) else { return [] }
        let rows = rowsByPosition()
        return ids.positionsPresent(rowCount: rowCount, groups: groups).map { rows[Int($0)] }
            .filter { times[Int($0)] <= limit.nanoseconds }.sorted()
    }
}
