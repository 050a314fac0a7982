internal import VarveEvents

/// Batches that become one frame. Merging itself says whether one more fits, and nothing else does: a group ends where it says
/// no.
struct GroupMerge {
    /// Kept between groups: its strings and columns have their memory.
    private var builder = BatchBuilder()
    /// The only batch so far: it is merged when a second one comes, and stays as it is when none does.
    private var single: EventBatch?
    private var count = 0
    private var rows = 0
    private var bytes = 0
    private var isAlone = false

    /// Takes a batch in, the first one in any case. False when it does not fit: then it is the first of the next group.
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

    /// Whether a batch of this size may fit, by rows and bytes. Says no for what `add` refuses, before any work is done for it.
    func hasRoom(rows more: Int, bytes size: Int) -> Bool {
        count == 0
            || !isAlone && more < LogLimits.rowsWorthAFrame && rows + more <= EventLimits.rowsPerBatch
                && bytes + size <= EventLimits.bytesPerBatch
    }

    /// Puts the first batch into the builder. False when not even an empty one takes it.
    private mutating func startBuilder() -> Bool {
        guard let batch = single else { return true }
        if !builder.append(contentsOf: batch) {
            // Columns of earlier groups, of which nothing is left but their names, are in the way.
            builder = BatchBuilder()
            guard builder.append(contentsOf: batch) else { return false }
        }
        single = nil
        return true
    }

    /// The merged batch, nil when there was none; empty afterwards.
    mutating func take() -> EventBatch? {
        defer { (single, count, rows, bytes, isAlone) = (nil, 0, 0, 0, false) }
        if count == 0 { return nil }
        if let single { return single }
        let batch = builder.finish()
        if builder.columnCount > EventLimits.columnsPerBatch / 4 { builder = BatchBuilder() }
        return batch
    }
}
