// The writer without threads: recover, plan, commit, and handle failed commits. `LogWriter` runs planner and appender on two
// threads; tests on the simulated disk call them step by step, so that a seed determines everything.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// The outcome of a group: a receipt or refusal per batch, or the error why none of it is in the log.
typealias GroupOutcome = Result<[Result<Receipt, LogError>], LogError>

final class LogCore {
    let report: RecoveryReport
    private var lock: DiskFile?
    private(set) var planner: GroupPlanner
    private(set) var appender: SegmentAppender
    /// Faults of background work, which do not fail an append.
    let errors: BackgroundErrors
    private let seal: (SealJob) throws -> Void
    private let ids: IDIndex
    private let options: LogOptions
    /// Groups acknowledged at level `interval` that are not durable yet, in order. Kept without their encoded bytes, so that
    /// they can be written again after a failed sync.
    private var unsynced: [CommitGroup] = []
    private var unsyncedBytes = 0
    /// When the oldest of them must be synced, by `options.elapsed`; nil when there are none.
    private(set) var syncDue: Int64?

    /// Takes the lock and recovers. `sealing` receives the sealer and returns the function that seals a segment, at once or on
    /// a thread.
    init(
        at path: String, _ disk: any Disk, _ options: LogOptions, sealing: (Sealer) -> (SealJob) throws -> Void
    ) throws {
        let paths = StorePaths(path)
        try disk.makeDirectory(paths.root)
        lock = DiskFile(try disk.lock(paths.lock, note: processNote()), on: disk)
        errors = BackgroundErrors(clock: options.clock)
        var recovery = Recovery(disk, paths, options, errors)
        let recovered = try recovery.run()
        report = recovered.report
        try BackgroundErrorFile.clear(disk, paths)
        let (manifestStore, store) = (recovered.manifestStore, recovered.manifestStore.manifest.store)
        errors.onChange { BackgroundErrorFile.store($0, store, disk, paths) }
        if !errors.all.isEmpty { BackgroundErrorFile.store(errors.all, store, disk, paths) }
        appender = try SegmentAppender(recovered, disk, paths)
        planner = GroupPlanner(recovered, options)
        ids = recovered.index
        self.options = options
        seal = sealing(Sealer(disk: disk, paths: paths, manifestStore: manifestStore, ids: recovered.index, errors: errors))
    }

    /// The error for all further appends; set once the writer can accept no more.
    private(set) var end: LogError?
    /// Set when events acknowledged at level `interval` could not be made durable.
    private var loss: LogError?

    /// Appends batches as if all had been waiting at once. On return each is durable at the requested level.
    func append(_ batches: [EventBatch], _ durability: Durability = .sync) throws -> [Receipt] {
        try append(batches.map { StampedBatch(batch: $0, durability: durability) })
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

    /// Commits groups and recovers from failures where possible. Returns an outcome per group.
    func commit(_ groups: [CommitGroup]) -> [GroupOutcome] {
        switch tryCommit(groups) {
        case .success(let outcomes): outcomes
        case .failure(let failure): recover(groups, failure)
        }
    }

    /// Writes groups, and syncs when a caller waits for it, when a sync is due, or when `syncing` is set. Uses only the
    /// appender.
    func tryCommit(_ groups: [CommitGroup], syncing: Bool = false) -> Result<[GroupOutcome], CommitFailure> {
        let syncs = syncing || isSyncDue || groups.contains { $0.needsSync(durable: appender.durable) }
        do throws(CommitFailure) {
            try appender.commit(groups, syncs: syncs, seal)
            keepUnsynced(groups)
            let error = LogError(.inputOutput, "a successful commit did not write all of its groups")
            return .success(outcomes(groups, below: appender.written, error))
        } catch {
            return .failure(error)
        }
    }

    /// Whether events acknowledged at level `interval` have waited long enough, or are too many to keep in memory.
    var isSyncDue: Bool {
        guard let syncDue else { return false }
        return unsyncedBytes >= LogLimits.unsyncedBytes || options.elapsed() >= syncDue
    }

    private func keepUnsynced(_ groups: [CommitGroup]) {
        let durable = appender.durable
        if let first = unsynced.first, first.end <= durable {
            unsynced.removeAll { $0.end <= durable }
            unsyncedBytes = unsynced.reduce(0) { $0 + ($1.batch?.approximateBytes ?? 0) }
            syncDue = nil
        }
        for var group in groups where group.end > durable {
            guard let batch = group.batch else { continue }
            group.bytes = []
            unsynced.append(group)
            unsyncedBytes += batch.approximateBytes
        }
        if !unsynced.isEmpty, syncDue == nil { syncDue = options.elapsed() &+ options.syncInterval.nanoseconds }
    }

    /// Handles the failed commit of the first of `groups`; the others were planned after it. Nothing else may use planner or
    /// appender meanwhile.
    func recover(_ groups: [CommitGroup], _ failure: CommitFailure) -> [GroupOutcome] {
        defer { keepUnsynced([]) }
        let acknowledged = unsynced.filter { $0.end > appender.durable }
        let open = groups.filter { $0.end > appender.durable }
        switch failure {
        case .fatal(let error):
            end = recordLoss(acknowledged, error)
            planner.forget(acknowledged + open)
        case .notWritten:
            planner.forget(open)
            // If a later group begins a segment, it has not begun: the first group would have been synced before.
            if let first = open.first, first.begins != nil { leaveSegment(first.before) }
        case .segmentLost:
            if let error = writeAgain(acknowledged, open) { return outcomes(groups, below: appender.durable, error) }
        }
        return outcomes(groups, below: appender.durable, failure.error)
    }

    /// Writes the undurable tail again from memory into a new segment, acknowledged groups first. Tried once; a second failure
    /// is final.
    private func writeAgain(_ acknowledged: [CommitGroup], _ open: [CommitGroup]) -> LogError? {
        guard let before = (acknowledged + open).first?.before else { return nil }
        let again = planner.replan(acknowledged + open, durable: appender.durable)
        // Seal segments that end during this only after the one that is given up, because seals must be in order.
        var ended: [SealJob] = []
        defer { for job in ended { sealOrReport(job) } }
        do throws(CommitFailure) {
            try appender.commit(again) { ended.append($0) }
            leaveSegment(before, keepPlan: true)
            return nil
        } catch {
            planner.forget(again.filter { $0.end > appender.durable })
            // Where writing stopped: in a new segment, of which a part may be durable, or before one began.
            let stopped = planner.point
            leaveSegment(before)
            if stopped.segment != before.segment, let job = appender.salvage(stopped) { ended.append(job) }
            let lost = acknowledged.filter { $0.end > appender.durable }
            if !lost.isEmpty { end = recordLoss(lost, error.error) }
            if case .fatal(let fatal) = error, end == nil { end = fatal }
            return end ?? error.error
        }
    }

    /// Drops groups that were acknowledged at level `interval`, and returns the error that names them.
    private func recordLoss(_ groups: [CommitGroup], _ cause: LogError) -> LogError {
        guard let first = groups.first, let last = groups.last else { return cause }
        unsynced = []
        unsyncedBytes = 0
        syncDue = nil
        let error = LogError(
            .acknowledgedLost,
            "events \(first.before.next) ..< \(last.end) were acknowledged at level interval and could not be made durable: "
                + "\(cause.message). Some may still be in the log when it is opened again; append all of them again",
            disk: cause.disk)
        loss = error
        return error
    }

    /// Ends the segment of `before`. If it cannot be sealed now, that can wait, because its successor marks its end.
    private func leaveSegment(_ before: PlanPoint, keepPlan: Bool = false) {
        if !keepPlan { planner.abandonSegment() }
        if let job = appender.salvage(before) { sealOrReport(job) }
    }

    /// Seals a segment and reports a failure; the next start repeats it.
    private func sealOrReport(_ job: SealJob) {
        do { try seal(job) } catch {
            errors.report("seal \(job.first)", LogError(error).message)
        }
    }

    /// The outcome of each group: success when its end is at or below `below`, else `error`. The end of a group of duplicates
    /// only is above the originals, so it succeeds when they are durable.
    private func outcomes(_ groups: [CommitGroup], below: Offset, _ error: LogError) -> [GroupOutcome] {
        for group in groups { if let fault = group.clockFault { errors.report("clock", fault) } }
        var unseen = errors.takeUnseen()
        return groups.map { group in
            guard group.end <= below else { return .failure(error) }
            return .success(
                group.replies.map { reply in
                    if let refusal = reply.refusal { return .failure(refusal) }
                    let appended = reply.appended == 0 ? nil : reply.first..<(reply.first + UInt64(reply.appended))
                    return .success(
                        Receipt(
                            appended: reply.appended, duplicates: reply.duplicates, offsets: reply.retried ?? appended,
                            durable: appender.durable,
                            durableWithin: reply.end <= appender.durable.value ? nil : options.syncInterval,
                            isRetry: reply.retried != nil, backgroundErrors: Self.take(&unseen)))
                })
        }
    }

    private static func take(_ errors: inout [BackgroundError]) -> [BackgroundError] {
        defer { errors = [] }
        return errors
    }

    func plan(_ waiting: ArraySlice<StampedBatch>, durable: Offset) -> CommitGroup {
        planner.plan(waiting, durable: durable)
    }

    /// Makes everything acknowledged at level `interval` durable.
    func sync() throws {
        if case .failure(let failure) = tryCommit([], syncing: true) {
            _ = recover([], failure)
            if let end { throw end }
        }
    }

    /// Seals the active segment; the next event starts a new one. Returns false when it has no events.
    func sealActive() throws -> Bool {
        try sync()
        let point = planner.point
        guard let first = point.segment, first < point.next else { return false }
        try seal(SealJob(first: first, end: point.next, keep: point.bytes, producers: planner.producers))
        planner.abandonSegment()
        return true
    }

    /// Makes everything durable, including the watermark, and releases the lock. Throws `.acknowledgedLost` after a loss.
    func finish() throws {
        ids.close()
        defer { lock = nil }
        if end == nil { try sync() }
        do { try appender.finish() } catch { throw loss ?? error }
        if let loss { throw loss }
    }
}
