package import VarveDisk
package import VarveEvents

/// A writer without threads, for the crash simulator: each call does all of its steps on the caller's thread, sealing included,
/// so that a seed decides everything. Programs use `LogWriter`.
package final class StepwiseLog {
    private let core: LogCore

    /// Takes the lock and recovers.
    package init(at path: String, disk: any Disk, options: LogOptions) throws {
        core = try LogCore(at: path, disk, options) { sealer in
            let line = SealLine(sealer)
            return { line.submit($0) }
        }
    }

    /// What opening found and did.
    package var recovery: RecoveryReport { core.report }

    /// Appends batches that all waited at the same moment: they share a commit as far as they fit.
    package func append(_ batches: [EventBatch], _ durability: Durability = .sync) throws -> [Receipt] {
        for batch in batches { try batch.checkLimits() }
        return try core.append(batches, durability)
    }

    /// The same under numbers of one producer, one for each batch.
    package func append(
        _ batches: [EventBatch], as stamps: [ProducerStamp], _ durability: Durability
    ) throws -> [Receipt] {
        try core.append(zip(batches, stamps).map { StampedBatch(batch: $0, stamp: $1, durability: durability) })
    }

    /// The number of the producer's latest append.
    package func latestSequence(of producer: UInt64) -> UInt64? { core.planner.producers.latest(of: producer)?.stamp.sequence }

    /// Every event below is durable.
    package var durable: Offset { core.appender.durable }

    /// What the sync thread does when nothing else is to be done: syncs if that is due. True when it did.
    package func syncIfDue() throws -> Bool {
        guard core.isSyncDue else { return false }
        try core.sync()
        return true
    }

    /// Appends one batch under a producer's number.
    package func append(_ batch: EventBatch, as stamp: ProducerStamp) throws -> Receipt {
        try batch.checkLimits()
        return try core.append([StampedBatch(batch: batch, stamp: stamp)])[0]
    }
}
