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
    package func append(_ batches: [EventBatch]) throws -> [Receipt] {
        for batch in batches { try batch.checkLimits() }
        return try core.append(batches)
    }

    /// Appends one batch under a producer's number.
    package func append(_ batch: EventBatch, as stamp: ProducerStamp) throws -> Receipt {
        try batch.checkLimits()
        return try core.append([StampedBatch(batch: batch, stamp: stamp)])[0]
    }
}
