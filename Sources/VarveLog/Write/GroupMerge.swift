internal import VarveEvents

/// Merges batches into one frame. Only the merge itself decides whether another batch fits; the group ends at the first that
/// does not.
struct GroupMerge {
    /// Kept between groups, because its strings and columns have allocated memory.
    private var builder = BatchBuilder()
    /// The only batch so far. It is merged when a second one comes, and otherwise used unchanged.
    private var single: EventBatch?
    private var count = 0
    private var rows = 0
    private var bytes = 0
    private var isAlone = false

    /// Adds a batch; the first one always fits. Returns false when it does not fit and must start the next group.
    mutating func add(_ batch: EventBatch) -> Bool {
        let (more, size) = (batch.rowCount, batch.approximateBytes)
        if count > 0 {
            guard hasRoom(rows: more, bytes: size), startBuilder(), builder.append(contentsOf: batch) else { return false }
        } else {
            single = batch
        }
        count += 1
        rows += more
        bytes += size
        isAlone = more >= LogLimits.rowsWorthAFrame
        return true
    }

    /// Whether a batch of this size may fit, by rows and bytes. A cheap check before `add` does any work.
    func hasRoom(rows more: Int, bytes size: Int) -> Bool {
        count == 0
            || !isAlone && more < LogLimits.rowsWorthAFrame && rows + more <= EventLimits.rowsPerBatch
                && bytes + size <= EventLimits.bytesPerBatch
    }

    /// Puts the first batch into the builder. Returns false if even an empty builder cannot take it.
    private mutating func startBuilder() -> Bool {
        guard let batch = single else { return true }
        if !builder.append(contentsOf: batch) {
            // The builder may be full of columns of earlier groups; start with an empty one.
            builder = BatchBuilder()
            guard builder.append(contentsOf: batch) else { return false }
        }
        single = nil
        return true
    }

    /// Returns the merged batch, or nil when there is none, and clears the state.
    mutating func take() -> EventBatch? {
        defer { (single, count, rows, bytes, isAlone) = (nil, 0, 0, 0, false) }
        if count == 0 { return nil }
        if let single { return single }
        let batch = builder.finish()
        if builder.columnCount > EventLimits.columnsPerBatch / 4 { builder = BatchBuilder() }
        return batch
    }
}
