internal import VarveEvents

/// Joins small batches into parts large enough for an append.
struct PartBuilder {
    /// A batch to append, and the number of its last event.
    struct Part: Sendable {
        var batch: EventBatch
        var number: AppendNumber?
        /// The digest of the content up to the end of the part.
        var digest: UInt64 = 0
    }

    /// The number of rows at which a part is appended; smaller ones wait for more.
    static let rows = 16_384
    /// The waiting batch, if there is only one.
    private var single: EventBatch?
    /// The waiting batches, if there are several.
    private var builder: BatchBuilder?
    private var number: AppendNumber?
    private var digest: UInt64 = 0

    var rowCount: Int { (single?.rowCount ?? 0) + (builder?.rowCount ?? 0) }
    var isFull: Bool { rowCount >= Self.rows }

    /// False, without adding anything, if `batch` cannot be joined with the waiting ones.
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
            // The batches joined so far stay joined, whether or not the new one fits.
            builder = joined
            single = nil
            guard fits else { return false }
        }
        self.number = number
        self.digest = digest
        return true
    }

    /// Removes and returns the waiting part; nil if nothing waits.
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
