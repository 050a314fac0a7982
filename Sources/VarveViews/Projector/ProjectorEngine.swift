internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// The work of a projector, independent of the thread that runs it.
struct ProjectorEngine {
    let name: String
    let options: ProjectorOptions
    let definitions: [ViewDefinition]
    let projections: [any SequentialProjection]
    let plan: FoldPlan
    let reader: LogReader
    var store: StoreWriter
    let file: StoreFile
    let registryUpdater: RegistryUpdater
    /// The cache of segment states, for rebuilds.
    let cache: SegmentStates?
    let snapshots: Snapshots?
    /// The promoted versions, which decide the names of the SQL views.
    let versions: CurrentVersions
    var promoted: [String: Int] = [:]
    /// Held while the projector runs, so that one process writes the store.
    var lock: DiskFile?
    /// The last committed checkpoint.
    var checkpoint: Checkpoint
    var progress: ProjectorProgress
    /// The views that advance with the checkpoint.
    var resident: [ResidentView] = []
    var sequential: ResidentSequential
    var pace: ProjectorPace
    /// Whether the contents of the store must be discarded.
    var mustRebuildAll = false
    private var replacements = StoreReplacements()
    /// The offset last written to the registry.
    var announcedOffset: Offset?
    /// Cleared states for the next step, with their allocated tables.
    private var spare: ViewStates?

    init(
        at data: String, name: String, views: [AnyView], options: ProjectorOptions, disk: any Disk,
        onStep: (@Sendable (CommitStep) throws -> Void)?
    ) throws(ViewError) {
        try ViewPaths.check(projector: name)
        let paths = ViewPaths(data)
        let reader = try typed(at: data) { try LogReader.open(at: data, disk: disk) }
        let file = StoreFile(paths, name, disk: disk)
        try file.makeFolder()
        let lock = try file.lock()
        var notes: [String] = []
        self.reader = reader
        self.lock = lock
        self.name = name
        self.options = options
        definitions = views.compactMap { if case .mergeable(let view) = $0 { view } else { nil } }
        projections = views.compactMap { if case .sequential(let view) = $0 { view } else { nil } }
        plan = FoldPlan(definitions)
        sequential = ResidentSequential(parks: options.parksPoison)
        versions = try CurrentVersions(at: data, projector: name, disk: disk)
        snapshots = options.usesCache ? Snapshots(at: data, disk: disk) : nil
        cache = options.usesCache ? SegmentStates(at: data, disk: disk) : nil
        self.file = file
        registryUpdater = RegistryUpdater(Registry(at: data, disk: disk)) { () throws(ViewError) in
            if options.syncsBeforeAnnouncing { try file.syncCommits() }
        }
        store = try file.open(reader.store, name, onStep, &notes)
        checkpoint = try store.read { reader throws(ViewError) in try reader.checkpoint() }
        let durable = try typed(at: data) { try reader.durable() }
        progress = ProjectorProgress(
            offset: checkpoint.offset, durable: durable, events: 0, commits: 0, rebuilt: [], gaps: [], notes: notes)
        pace = ProjectorPace(options)
    }

    /// Finishes the registry updates, closes the store and releases the lock.
    func close() throws(ViewError) {
        defer { withExtendedLifetime(lock) {} }
        let lastUpdate = Result { () throws(ViewError) in try registryUpdater.close() }
        try store.close()
        try lastUpdate.get()
    }

    /// Runs until done or stopped. Rebuilds a store that is damaged, or that was deleted or replaced.
    mutating func run(follow: Bool, stop: ProjectorStop, _ onProgress: (ProjectorProgress) -> Void) throws(ViewError) {
        let isStopped: @Sendable () -> Bool = { stop.isRequested }
        while true {
            do {
                return try work(follow: follow, stop: stop, isStopped, onProgress)
            } catch {
                let isGone = !file.isInPlace(store)
                guard isGone || error.code == .damaged, replacements.mayReplace(isGone: isGone) else { throw error }
                try replaceStore(isGone ? "\(file.path) was deleted or replaced while it was in use" : error.message)
            }
        }
    }

    private mutating func work(
        follow: Bool, stop: ProjectorStop, _ isStopped: @escaping @Sendable () -> Bool, _ onProgress: (ProjectorProgress) -> Void
    ) throws(ViewError) {
        do {
            try verify(follow: follow, stop: stop)
            try rebuild(isStopped: isStopped)
            onProgress(progress)
        } catch let error where error.code == .stopped {
            return
        }
        let cursor = cursor()
        let watch = follow ? reader.watch() : nil
        var pause = ProjectorPace.shortestPause
        while !isStopped() {
            progress.durable = try typed(at: "log") { try reader.durable() }
            try checkStore()
            if progress.paused == nil, progress.durable > checkpoint.offset, !follow || pace.mayCommit {
                do {
                    try advance(cursor, isStopped: isStopped)
                    onProgress(progress)
                } catch let error where error.code == .stopped {
                    break
                }
                pause = ProjectorPace.shortestPause
                continue
            }
            guard let watch else { break }
            try announceIfDue(running: true)
            if progress.durable > checkpoint.offset, progress.paused == nil {
                _ = stop.wait(atMost: pause)
            } else {
                stop.wait(for: watch, pause: pause, atMost: ProjectorPace.longestWait)
            }
            pause = min(pause * 2, ProjectorPace.longestPause)
        }
        try announce(running: false)
    }

    private func cursor() -> LogCursor {
        let columns = projections.reduce(into: plan.columns) { $0.formUnion($1.columns) }
        let select = ColumnSelection(keys: columns, times: true, observed: true)
        // Sequential projections need the time of every event, so no frame may be skipped.
        guard projections.isEmpty else { return LogCursor(reader, select: select) }
        return LogCursor(reader, select: select, wanting: { [plan] in plan.matches($0) })
    }

    /// One step towards the watermark: fold and commit. If a poisoned event is not parked, the step ends before it.
    private mutating func advance(_ cursor: LogCursor, isStopped: @escaping @Sendable () -> Bool) throws(ViewError) {
        let start = checkpoint.offset.value
        let (limit, overflow) = start.addingReportingOverflow(max(1, options.eventsPerCommit))
        let end = overflow ? progress.durable.value : min(limit, progress.durable.value)
        do {
            try step(cursor, start..<end, isStopped)
        } catch let error where error.code == .expired {
            try reloadSequential()
            return try skipRemoved()
        } catch {
            guard let event = error.poisoned else { throw error }
            try reloadSequential()
            progress.paused = event
            try step(cursor, start..<event.offset.value, isStopped)
        }
        try announceIfDue(running: true)
    }

    private mutating func step(
        _ cursor: LogCursor, _ range: Range<UInt64>, _ isStopped: @escaping @Sendable () -> Bool
    ) throws(ViewError) {
        var folded: FoldedRange
        var stamp: Timestamp?
        if options.threads > 1, range.count >= Self.worthThreads {
            folded = try ParallelFold.run(
                reader, plan, range, threads: options.threads, FoldChoices(isStopped: isStopped))
            if !sequential.isEmpty { _ = try fold(cursor, range, isStopped, sequentialOnly: true) }
            stamp = try self.stamp(before: Offset(range.upperBound))
        } else {
            (folded, stamp) = try fold(cursor, range, isStopped)
            // The last frame was skipped, so read its append time separately.
            if stamp == nil, folded.passed > 0 { stamp = try self.stamp(before: Offset(range.upperBound)) }
        }
        pace.committing()
        let next = Checkpoint(
            store: reader.store, epoch: pace.epoch ?? checkpoint.epoch, offset: Offset(range.upperBound),
            segment: pace.segment ?? checkpoint.segment, stamp: stamp ?? (range.isEmpty ? checkpoint.stamp : nil))
        try commit(folded, next)
        spare = (consume folded).states
        spare?.clear()
        pace.committed(events: UInt64(range.count))
    }

    /// The number of events from which on parallel folding pays.
    private static let worthThreads = 1 << 18

    private mutating func fold(
        _ cursor: LogCursor, _ range: Range<UInt64>, _ isStopped: () -> Bool, sequentialOnly: Bool = false
    ) throws(ViewError) -> (FoldedRange, Timestamp?) {
        var sequential = self.sequential.taken()
        defer { self.sequential = sequential }
        return try typed(at: "log") {
            var folded = FoldedRange(states: spare.take() ?? ViewStates(plan))
            var stamp: Timestamp?
            let passed = cursor.count.passed
            try cursor.scan(range, durable: Offset(range.upperBound), onDamage: { folded.damaged.insert($0) }) { batch in
                if isStopped() { throw ViewError(.stopped, "stopped") }
                if !sequentialOnly { folded.states.fold(batch) }
                try sequential.fold(batch)
                folded.events += UInt64(batch.rowCount)
                let isLast = batch.rowCount > 0 && batch.offset(ofRow: batch.rowCount - 1).value + 1 == range.upperBound
                stamp = isLast ? batch.observed.last.map { Timestamp(nanoseconds: $0) } : nil
            }
            folded.count(cursor.count.passed - passed)
            return (folded, stamp)
        }
    }

    private mutating func commit(_ folded: FoldedRange, _ next: Checkpoint) throws(ViewError) {
        var commit = StoreCommit(checkpoint: next)
        commit.gaps = folded.damaged.filter { !$0.offsets.isEmpty }.map { Gap(offsets: $0.offsets, reason: $0.reason) }
            .sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }
        do {
            for index in resident.indices {
                guard let delta = folded.states.state(of: resident[index].definition) else { continue }
                let changes = try resident[index].merge(delta, from: store)
                commit.changes.append(changes)
            }
            commit.clearsPause = true
            commit.entries = sequential.takeChanges()
            commit.poison = sequential.takeParked()
            if let event = progress.paused {
                commit.poison.append(
                    PoisonRow(view: event.view, offset: event.offset, reason: event.reason, isParked: false))
                commit.durable = true
            }
            try store.commit(commit)
        } catch {
            for index in resident.indices { resident[index].reset() }
            try reloadSequential()
            throw error
        }
        for index in resident.indices { resident[index].trim() }
        note(commit, events: folded.events)
    }

    /// Updates the engine's state after a successful commit.
    mutating func note(_ commit: StoreCommit, events: UInt64) {
        checkpoint = commit.checkpoint
        progress.offset = checkpoint.offset
        progress.events += events
        progress.commits += 1
        progress.gaps += commit.gaps
        progress.parked += commit.poison.filter(\.isParked).count
    }
}
