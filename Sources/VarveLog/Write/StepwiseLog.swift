package import VarveDisk
package import VarveEvents

/// A writer without threads, for the crash simulator: each call runs all of its steps, including sealing, on the calling
/// thread, so that a seed determines everything. Programs use `LogWriter`.
package final class StepwiseLog {
    private let core: LogCore

    /// Takes the lock and recovers.
    package init(at path: String, disk: any Disk, options: LogOptions) throws {
        core = try LogCore(at: path, disk, options) { sealer in
            let queue = SealQueue(sealer)
            return { queue.submit($0) }
        }
    }

    /// What opening the log found and did.
    package var recovery: RecoveryReport { core.report }

    /// Appends batches as if all had been waiting at once; they share a commit if they fit.
    package func append(_ batches: [EventBatch], _ durability: Durability = .sync) throws -> [Receipt] {
        for batch in batches { try batch.checkLimits() }
        return try core.append(batches, durability)
    }

    /// The same with one producer stamp per batch.
    package func append(
        _ batches: [EventBatch], as stamps: [ProducerStamp], _ durability: Durability
    ) throws -> [Receipt] {
        try core.append(zip(batches, stamps).map { StampedBatch(batch: $0, stamp: $1, durability: durability) })
    }

    /// The sequence number of the producer's latest append.
    package func latestSequence(of producer: UInt64) -> UInt64? { core.planner.producers.latest(of: producer)?.stamp.sequence }

    /// Every event below is durable.
    package var durable: Offset { core.appender.durable }

    /// What the sync thread does when idle: syncs if a sync is due. Returns true if it did.
    package func syncIfDue() throws -> Bool {
        guard core.isSyncDue else { return false }
        try core.sync()
        return true
    }

    /// Appends one batch with a producer stamp.
    package func append(_ batch: EventBatch, as stamp: ProducerStamp) throws -> Receipt {
        try batch.checkLimits()
        return try core.append([StampedBatch(batch: batch, stamp: stamp)])[0]
    }
}
