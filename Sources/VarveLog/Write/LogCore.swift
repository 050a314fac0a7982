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
    /// What goes wrong without an append failing for it.
    let errors: BackgroundErrors
    private let seal: (SealJob) throws -> Void
    private let ids: IDIndex
    private let options: LogOptions
    /// Acknowledged at level `interval` and not durable, in order: kept, without their frames' bytes, so that a failed sync can
    /// be mended from memory.
    private var unsynced: [CommitGroup] = []
    private var unsyncedBytes = 0
    /// When the oldest of them is to be synced, by `options.elapsed`; nil when there are none.
    private(set) var syncDue: Int64?

    /// Takes the lock and recovers. `sealer` gets what is needed to seal and gives what does it: at once, or on a thread.
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
        let store = recovered.keeper.manifest.store
        errors.onChange { BackgroundErrorFile.store($0, store, disk, paths) }
        if !errors.all.isEmpty { BackgroundErrorFile.store(errors.all, store, disk, paths) }
        appender = try SegmentAppender(recovered, disk, paths)
        planner = GroupPlanner(recovered, options)
        ids = recovered.index
        self.options = options
        seal = sealing(Sealer(disk: disk, paths: paths, keeper: recovered.keeper, ids: recovered.index, errors: errors))
    }

    /// Set when the writer is at its end.
    private(set) var end: LogError?
    /// What was acknowledged at level `interval` and could not be made durable.
    private var loss: LogError?

    /// Appends batches that all waited at the same moment. As durable on return as they ask for.
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

    /// Commits groups, mending what can be mended. Per group the receipts of its batches, or why it is not in the log.
    func commit(_ groups: [CommitGroup]) -> [GroupOutcome] {
        switch tryCommit(groups) {
        case .success(let outcomes): outcomes
        case .failure(let failure): mend(groups, failure)
        }
    }

    /// Writes groups, and syncs when somebody waits for that, when it is due, or when `syncing` is set. Uses the appender only.
    func tryCommit(_ groups: [CommitGroup], syncing: Bool = false) -> Result<[GroupOutcome], CommitFailure> {
        let syncs = syncing || isSyncDue || groups.contains { $0.needsSync(durable: appender.durable) }
        do throws(CommitFailure) {
            try appender.commit(groups, syncs: syncs, seal)
            keepUnsynced(groups)
            let error = LogError(.inputOutput, "a commit that succeeded left groups behind")
            return .success(outcomes(groups, below: appender.written, error))
        } catch {
            return .failure(error)
        }
    }

    /// Whether what was acknowledged at level `interval` has waited long enough, or has become too much to keep.
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

    /// After a failed commit of the first of `groups`; the others were planned behind them. Nothing else uses planner and
    /// appender meanwhile.
    func mend(_ groups: [CommitGroup], _ failure: CommitFailure) -> [GroupOutcome] {
        defer { keepUnsynced([]) }
        let acknowledged = unsynced.filter { $0.end > appender.durable }
        let open = groups.filter { $0.end > appender.durable }
        switch failure {
        case .fatal(let error):
            end = losing(acknowledged, error)
            planner.forget(acknowledged + open)
        case .notWritten:
            planner.forget(open)
            // Where a later one begins a segment, it has not begun: the first would have been synced before.
            if let first = open.first, first.begins != nil { leaveSegment(first.before) }
        case .segmentLost:
            if let error = writeAgain(acknowledged, open) { return outcomes(groups, below: appender.durable, error) }
        }
        return outcomes(groups, below: appender.durable, failure.error)
    }

    /// The tail goes into a new segment, from memory, what was acknowledged first. Tried once: a disk that fails again is not
    /// asked a third time.
    private func writeAgain(_ acknowledged: [CommitGroup], _ open: [CommitGroup]) -> LogError? {
        guard let before = (acknowledged + open).first?.before else { return nil }
        let again = planner.replan(acknowledged + open, durable: appender.durable)
        // Segments that end meanwhile stand behind the one that is left, and are sealed behind it.
        var ended: [SealJob] = []
        defer { for job in ended { sealLater(job) } }
        do throws(CommitFailure) {
            try appender.commit(again) { ended.append($0) }
            leaveSegment(before, keepPlan: true)
            return nil
        } catch {
            planner.forget(again.filter { $0.end > appender.durable })
            // Where it stopped: a new segment, of which a part is durable, or none.
            let stopped = planner.point
            leaveSegment(before)
            if stopped.segment != before.segment, let job = appender.salvage(stopped) { ended.append(job) }
            let lost = acknowledged.filter { $0.end > appender.durable }
            if !lost.isEmpty { end = losing(lost, error.error) }
            if case .fatal(let fatal) = error, end == nil { end = fatal }
            return end ?? error.error
        }
    }

    /// Forgets groups that were acknowledged at level `interval`, and puts that into words.
    private func losing(_ groups: [CommitGroup], _ cause: LogError) -> LogError {
        guard let first = groups.first, let last = groups.last else { return cause }
        unsynced = []
        unsyncedBytes = 0
        syncDue = nil
        let error = LogError(
            .acknowledgedLost,
            "events \(first.before.next) ..< \(last.end) were acknowledged at level interval and could not be made durable: "
                + "\(cause.message). Those that are found when the log is opened again are in it; append all of them again",
            disk: cause.disk)
        loss = error
        return error
    }

    /// The segment of `before` gets no more frames. Sealing it can wait when it fails now: its successor says where it ends.
    private func leaveSegment(_ before: PlanPoint, keepPlan: Bool = false) {
        if !keepPlan { planner.abandonSegment() }
        if let job = appender.salvage(before) { sealLater(job) }
    }

    /// Seals a segment, if that can be done now: the next start does what is left.
    private func sealLater(_ job: SealJob) {
        do { try seal(job) } catch {
            errors.report("seal \(job.first)", LogError(error).message)
        }
    }

    /// Success for what was written, of which everything stands `below` the offset. A group of duplicates only is so when the
    /// originals are: they stand below its end.
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

    /// Makes what was acknowledged at level `interval` durable.
    func sync() throws {
        if case .failure(let failure) = tryCommit([], syncing: true) {
            _ = mend([], failure)
            if let end { throw end }
        }
    }

    /// Seals the active segment; the next event begins a new one. False when there is none with events.
    func sealActive() throws -> Bool {
        try sync()
        let point = planner.point
        guard let first = point.segment, first < point.next else { return false }
        try seal(SealJob(first: first, end: point.next, keep: point.bytes, producers: planner.producers))
        planner.abandonSegment()
        return true
    }

    /// Stops: everything is made durable, the watermark too, and the lock given back. Tells of what was acknowledged and is
    /// lost.
    func finish() throws {
        ids.close()
        defer { lock = nil }
        if end == nil { try sync() }
        do { try appender.finish() } catch { throw loss ?? error }
        if let loss { throw loss }
    }
}
