// The writer without threads: recover, then plan, commit, and mend what fails. `LogWriter` runs planner and appender on two
// threads; tests on the simulated disk run them here, one step after the other, so that a seed decides everything.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// What became of a group: per batch its receipt or why it was refused, or why none of it is in the log.
typealias GroupOutcome = Result<[Result<Receipt, LogError>], LogError>

final class LogCore {
    let report: RecoveryReport
    private var lock: DiskFile?
    private(set) var planner: GroupPlanner
    private(set) var appender: SegmentAppender
    private let seal: (SealJob) throws -> Void
    private let ids: IDIndex

    /// Takes the lock and recovers. `sealer` gets what is needed to seal and gives what does it: at once, or on a thread.
    init(
        at path: String, _ disk: any Disk, _ options: LogOptions, sealing: (Sealer) -> (SealJob) throws -> Void
    ) throws {
        let paths = StorePaths(path)
        try disk.makeDirectory(paths.root)
        lock = DiskFile(try disk.lock(paths.lock, note: processNote()), on: disk)
        var recovery = Recovery(disk, paths, options)
        let recovered = try recovery.run()
        report = recovered.report
        appender = try SegmentAppender(recovered, disk, paths)
        planner = GroupPlanner(recovered, options)
        ids = recovered.index
        seal = sealing(Sealer(disk: disk, paths: paths, keeper: recovered.keeper, ids: recovered.index))
    }

    /// Set when the writer is at its end.
    private var end: LogError?

    /// Appends batches that all waited at the same moment. Durable on return.
    func append(_ batches: [EventBatch]) throws -> [Receipt] {
        try append(batches.map { StampedBatch(batch: $0) })
    }

    func append(_ batches: [StampedBatch]) throws -> [Receipt] {
        var receipts: [Receipt] = []
        var waiting = batches[...]
        while !waiting.isEmpty {
            if let end { throw end }
            let group = planner.plan(waiting, durable: appender.durable)
            waiting = waiting.dropFirst(group.replies.count)
            for outcome in commit([group]) { for receipt in try outcome.get() { receipts.append(try receipt.get()) } }
        }
        return receipts
    }

    /// Commits groups, mending what can be mended. Per group the receipts of its batches, or why it is not in the log.
    func commit(_ groups: [CommitGroup]) -> [GroupOutcome] {
        switch tryCommit(groups) {
        case .success(let outcomes): outcomes
        case .failure(let failure): mend(groups, failure)
        }
    }

    /// Commits groups; uses the appender only.
    func tryCommit(_ groups: [CommitGroup]) -> Result<[GroupOutcome], CommitFailure> {
        do throws(CommitFailure) {
            try appender.commit(groups, seal)
            return .success(outcomes(groups, LogError(.inputOutput, "a commit that succeeded left groups behind")))
        } catch {
            return .failure(error)
        }
    }

    /// After a failed commit of the first of `groups`; the others were planned behind them. Nothing else uses planner and
    /// appender meanwhile.
    func mend(_ groups: [CommitGroup], _ failure: CommitFailure) -> [GroupOutcome] {
        let open = groups.filter { $0.end > appender.durable }
        guard let before = open.first?.before else {
            return outcomes(groups, failure.error)
        }
        switch failure {
        case .fatal(let error):
            end = error
            planner.forget(open)
        case .notWritten:
            planner.forget(open)
            if open.contains(where: { $0.begins != nil }) { leaveSegment(before) }
        case .segmentLost:
            // The tail goes into a new segment, from memory. Tried once: a disk that fails again is not asked a third time.
            let again = planner.replan(open, durable: appender.durable)
            do throws(CommitFailure) {
                try appender.commit(again, seal)
            } catch {
                planner.forget(again.filter { $0.end > appender.durable })
                leaveSegment(before)
                return outcomes(groups, error.error)
            }
            leaveSegment(before, keepPlan: true)
        }
        return outcomes(groups, failure.error)
    }

    /// The segment of `before` gets no more frames. Sealing it can wait when it fails now: its successor says where it ends.
    private func leaveSegment(_ before: PlanPoint, keepPlan: Bool = false) {
        if !keepPlan { planner.abandonSegment() }
        if let job = appender.salvage(before) { try? seal(job) }
    }

    /// Success for what is durable. A group of duplicates only is so when the originals are: they stand below its end.
    private func outcomes(_ groups: [CommitGroup], _ error: LogError) -> [GroupOutcome] {
        groups.map { group in
            guard group.end <= appender.durable else { return .failure(error) }
            return .success(
                group.replies.map { reply in
                    if let refusal = reply.refusal { return .failure(refusal) }
                    let appended = reply.appended == 0 ? nil : reply.first..<(reply.first + UInt64(reply.appended))
                    return .success(
                        Receipt(
                            appended: reply.appended, duplicates: reply.duplicates, offsets: reply.retried ?? appended,
                            durable: appender.durable, isRetry: reply.retried != nil))
                })
        }
    }

    func plan(_ waiting: ArraySlice<StampedBatch>, durable: Offset) -> CommitGroup {
        planner.plan(waiting, durable: durable)
    }

    /// Seals the active segment; the next event begins a new one. False when there is none with events.
    func sealActive() throws -> Bool {
        let point = planner.point
        guard let first = point.segment, first < point.next else { return false }
        try seal(SealJob(first: first, end: point.next, keep: point.bytes, producers: planner.producers))
        planner.abandonSegment()
        return true
    }

    /// Stops: the watermark is made durable and the lock given back.
    func finish() throws {
        ids.close()
        defer { lock = nil }
        try appender.finish()
    }
}
