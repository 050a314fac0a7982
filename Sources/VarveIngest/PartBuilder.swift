internal import VarveEvents

/// Joins small batches until they are worth an append.
struct PartBuilder {
    /// What is to be appended, and the number of its last event.
    struct Part: Sendable {
        var batch: EventBatch
        var number: AppendNumber?
        /// Of the content up to the end of the part.
        var digest: UInt64 = 0
    }

    /// Rows that are worth an append of their own; fewer wait for more.
    static let rows = 16_384
    /// The only batch that waits, as it came.
    private var single: EventBatch?
    /// Several batches that wait.
    private var builder: BatchBuilder?
    private var number: AppendNumber?
    private var digest: UInt64 = 0

    var rowCount: Int { (single?.rowCount ?? 0) + (builder?.rowCount ?? 0) }
    var isFull: Bool { rowCount >= Self.rows }

    /// False, and nothing is added, when `batch` does not fit with what waits.
    mutating func add(_ batch: EventBatch, _ number: AppendNumber?, digest: UInt64 = 0) -> Bool {
        if rowCount == 0 {
            single = batch
        } else {
            guard rowCount + batch.rowCount <= EventLimits.rowsPerBatch else { return false }
            var joined = builder ?? BatchBuilder()
            if let single {
                guard joined.append(contentsOf: single) else { return false }
            }
            let fits = joined.append(contentsOf: batch)
            // What has been joined stays joined, whether the new batch fits or not.
            builder = joined
            single = nil
            guard fits else { return false }
        }
        self.number = number
        self.digest = digest
        return true
    }

    /// What waits; nil when nothing does.
    mutating func take() -> Part? {
        defer {
            single = nil
            number = nil
        }
        if let single { return Part(batch: single, number: number, digest: digest) }
        guard let batch = builder?.finish(), batch.rowCount > 0 else { return nil }
        return Part(batch: batch, number: number, digest: digest)
    }
}
