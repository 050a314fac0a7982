// Checks before the first event is folded: is the store valid, does it belong to this log, and does it contain only what the
// log has? Views are derived, so any doubt is resolved by rebuilding them, with a note that says why.
//
//     checkpoint compared with the log                        result
//     another log's id                                        rebuild all
//     below R                                                 record a gap and continue at R
//     at or below the watermark, stamp matches or is unknown  continue
//     at or below the watermark, another stamp                rebuild all: these offsets hold other events now
//     above the watermark, log not recovered since            wait: the watermark lags after a crash; events may be above it
//     above the watermark, another epoch                      rebuild all: the tail is lost, or the log is an older copy

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

extension ProjectorEngine {
    /// Checks the checkpoint against the log. On return they match, or `mustRebuildAll` is set.
    mutating func verify(follow: Bool, stop: ProjectorStop) throws(ViewError) {
        try refreshLogPosition()
        guard checkpoint.store == reader.store else {
            return startOver("its views are of the log \(hex(checkpoint.store)), this is \(hex(reader.store))")
        }
        while checkpoint.offset > progress.durable {
            if let epoch = pace.epoch, epoch != checkpoint.epoch {
                return startOver(
                    "its views contain events up to \(checkpoint.offset), but the log, "
                        + (epoch > checkpoint.epoch ? "which has been recovered since" : "an older copy of itself")
                        + ", ends at \(progress.durable)")
            }
            guard follow else {
                throw ViewError(
                    .aheadOfLog,
                    "the views of '\(name)' contain events up to \(checkpoint.offset), but the log has published only "
                        + "\(progress.durable). After a crash of the writer that is normal: open the log for writing once, "
                        + "which recovers it, and run the projector again")
            }
            if stop.wait(atMost: 100_000_000) { throw ViewError(.stopped, "stopped") }
            try refreshLogPosition()
        }
        if let known = checkpoint.stamp, let found = try stamp(before: checkpoint.offset), found != known {
            return startOver(
                "event \(checkpoint.offset.value - 1) of the log is not the one its views contain; the log was replaced")
        }
        let first = try typed(at: "log") { try reader.retained() }
        if checkpoint.offset < first, checkpoint.offset.value > 0 { try skipRemoved() }
    }

    /// Reads watermark, epoch and active segment.
    mutating func refreshLogPosition() throws(ViewError) {
        let reader = self.reader
        let found = try typed(at: "log") { (try reader.durable(), try reader.epoch(), try reader.segments().last?.firstOffset) }
        progress.durable = found.0
        pace.epoch = found.1
        pace.segment = found.2 ?? Offset(0)
    }

    /// Discards the checkpoint, so that all views are rebuilt.
    mutating func startOver(_ reason: String) {
        progress.notes.append("projector '\(name)' rebuilds all its views: \(reason)")
        mustRebuildAll = true
    }

    private func hex(_ id: StoreID) -> String { id.high.zeroPadded(16, radix: 16) + id.low.zeroPadded(16, radix: 16) }

    /// Folds the views that the store does not have with their current definition, and stores them. If the store has none of
    /// the views, the checkpoint moves to the watermark in the same commit.
    mutating func rebuild(isStopped: @escaping @Sendable () -> Bool) throws(ViewError) {
        let current = mustRebuildAll ? [:] : try store.current(definitions)
        let currentSequential = mustRebuildAll ? [:] : try store.current(projections)
        let missing = definitions.filter { current[$0] == nil }
        let missingSequential = projections.filter { currentSequential[$0.fingerprint] == nil }
        var commit = StoreCommit(checkpoint: checkpoint)
        var events: UInt64 = 0
        if !missing.isEmpty || !missingSequential.isEmpty {
            let segments = try typed(at: "log") { try reader.segments() }
            cache?.removeAll(but: Set(segments.compactMap(\.contentHash)))
            let all = current.isEmpty && currentSequential.isEmpty
            let made = try ViewBases.with(reader) { bases throws(ViewError) in
                try fold(missing, missingSequential, bases, mayMove: all, isStopped)
            }
            let (end, damaged) = (made.end, made.damaged)
            (commit.rebuilt, commit.rebuiltSequential) = (made.views, made.sequential)
            commit.poison = made.parked
            events = made.events
            if all {
                commit.checkpoint = Checkpoint(
                    store: reader.store, epoch: pace.epoch ?? 0, offset: end, segment: pace.segment ?? Offset(0),
                    stamp: try stamp(before: end))
            }
            commit.gaps = damaged.filter { !$0.offsets.isEmpty }.map { Gap(offsets: $0.offsets, reason: $0.reason) }
                .sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }
            commit.replacesGaps = all
            commit.removesOthers = mustRebuildAll
            progress.rebuilt = missing.map(\.name) + missingSequential.map(\.name)
        }
        commit.clearsPause = true
        if let event = progress.paused {
            commit.poison.append(PoisonRow(view: event.view, offset: event.offset, reason: event.reason, isParked: false))
        }
        commit.kept =
            definitions.map { KeptView(name: $0.name, fingerprint: $0.cellFingerprint) }
            + projections.map { KeptView(name: $0.name, fingerprint: $0.fingerprint) }
        commit.durable = true
        let shown = try store.shown()
        commit.unshown =
            definitions.compactMap { view in current[view].map { (.mergeable(view), $0) } }
            + projections.compactMap { view in currentSequential[view.fingerprint].map { (.sequential(view), $0) } }
        commit.unshown.removeAll { shown.contains($0.id) }
        promoted = (try? versions.all()) ?? [:]
        commit.promoted = promoted
        try store.commit(commit)
        note(commit, events: events)
        mustRebuildAll = false
        let ids = try store.current(definitions)
        resident = definitions.compactMap { view in ids[view].map { ResidentView(view, view: $0) } }
        try reloadSequential()
        try announce(running: true)
    }

    /// Views folded from the beginning of the log.
    private struct Rebuilt {
        /// The views cover the events below this offset.
        var end: Offset
        var views: [RebuiltView] = []
        var sequential: [SequentialResult] = []
        var parked: [PoisonRow] = []
        var events: UInt64 = 0
        var damaged: Set<DamagedRange> = []
    }

    private mutating func fold(
        _ missing: [ViewDefinition], _ missingSequential: [any SequentialProjection], _ bases: ViewBases, mayMove: Bool,
        _ isStopped: @escaping @Sendable () -> Bool
    ) throws(ViewError) -> Rebuilt {
        var made = Rebuilt(end: max(mayMove ? progress.durable : checkpoint.offset, bases.boundary))
        if !missingSequential.isEmpty {
            let folded = try foldSequential(missingSequential, &made.end, bases, mayMove: mayMove, isStopped)
            made.sequential = folded.states
            made.parked = sequential.takeParked()
            (made.events, made.damaged) = (folded.events, folded.damaged)
        }
        guard !missing.isEmpty else { return made }
        // Each segment's states are read from the cache or saved there; only segments missing in the cache are read.
        var standing = StandingViews(reader, missing, threads: options.threads, cache: cache, isStopped: isStopped)
        try standing.update(upTo: made.end)
        guard standing.end == made.end else {
            throw ViewError(.expired, "retention has moved on to \(standing.end) meanwhile; run the projector again")
        }
        made.events = standing.events
        made.damaged.formUnion(standing.damaged)
        made.views = zip(missing, standing.completeFrom).compactMap { view, completeFrom in
            standing.state(of: view).map { RebuiltView(state: $0, completeFrom: completeFrom) }
        }
        return made
    }

    /// Folds sequential projections from their snapshots or bases. If one of them cannot process an event and the checkpoint
    /// may still move freely, `end` is set to that event's offset.
    private mutating func foldSequential(
        _ missing: [any SequentialProjection], _ end: inout Offset, _ bases: ViewBases, mayMove: Bool,
        _ isStopped: @escaping @Sendable () -> Bool
    ) throws(ViewError) -> SequentialRange {
        sequential = ResidentSequential(parks: options.parksPoison)
        let parking = sequential.parking
        let choices = SequentialChoices(
            snapshots: snapshots, acceptsParked: options.parksPoison, park: { parking.park($0) }, isStopped: isStopped)
        do {
            return try SequentialFold.run(reader, missing, upTo: end, bases: bases, choices)
        } catch {
            guard let event = error.poisoned else { throw error }
            guard mayMove else {
                throw ViewError(
                    .poisoned,
                    "\(event), and the other views are past it; let such events be parked, or leave that view out",
                    poisoned: event)
            }
            progress.paused = event
            end = event.offset
            return try SequentialFold.run(reader, missing, upTo: end, bases: bases, choices)
        }
    }

    /// Loads the sequential projections from the store.
    mutating func reloadSequential() throws(ViewError) {
        sequential = ResidentSequential(parks: options.parksPoison)
        guard !projections.isEmpty else { return }
        let ids = try store.current(projections)
        for projection in projections {
            guard let id = ids[projection.fingerprint] else { continue }
            sequential.add(try store.state(projection, view: id), view: id)
        }
    }
}
