// Before the first event is folded: is the store whole, does it belong to this log, and does it say nothing that the log does
// not? Views are derived, so the answer to every doubt is to build them anew, and to say so.
//
//     checkpoint against log                                  then
//     another log's id                                        rebuild all
//     below what retention has left                           gap, on from there
//     at or below the watermark, stamp fits (or is unknown)   on from there
//     at or below the watermark, another stamp                rebuild all: these offsets hold other events now
//     ahead of the watermark, log not recovered since         wait: the watermark lags after a crash, the log may have the events
//     ahead of the watermark, another epoch                   rebuild all: recovered since, and the tail is lost; or an old copy

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

extension ProjectorEngine {
    /// Checks the checkpoint against the log; afterwards both fit.
    mutating func verify(follow: Bool, stop: Monitor<Bool>) throws(ViewError) {
        try refreshPlace()
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
                        + "\(progress.durable). After a crash of the writer that is normal: open the log for writing once "
                        + "(`varve ingest`), which recovers it, and run the projector again")
            }
            if stop.wait(atMost: 100_000_000, { $0 ? () : nil }) != nil { throw ViewError(.stopped, "stopped") }
            try refreshPlace()
        }
        if let known = checkpoint.stamp, let found = try stamp(before: checkpoint.offset), found != known {
            return startOver(
                "event \(checkpoint.offset.value - 1) of the log is not the one its views contain; the log was replaced")
        }
        let first = try typed(at: "log") { try reader.retained() }
        if checkpoint.offset < first, checkpoint.offset.value > 0 { try skipRemoved() }
    }

    /// Looks up watermark, epoch and active segment.
    mutating func refreshPlace() throws(ViewError) {
        let reader = self.reader
        let found = try typed(at: "log") { (try reader.durable(), try reader.epoch(), try reader.segments().last?.firstOffset) }
        progress.durable = found.0
        pace.epoch = found.1
        pace.segment = found.2 ?? Offset(0)
    }

    /// Forgets the checkpoint: all views are built anew.
    mutating func startOver(_ reason: String) {
        progress.notes.append("projector '\(name)' builds all its views anew: \(reason)")
        mustRebuildAll = true
    }

    private func hex(_ id: StoreID) -> String {
        func digits(_ value: UInt64) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }
        return digits(id.high) + digits(id.low)
    }

    /// Folds the views that the store does not have in this definition, and puts them in place. When it has none of them, the
    /// checkpoint moves to the watermark with them.
    mutating func rebuild(isStopped: @escaping @Sendable () -> Bool) throws(ViewError) {
        let current = mustRebuildAll ? [:] : try store.current(definitions)
        let currentInOrder = mustRebuildAll ? [:] : try store.current(projections)
        let missing = definitions.filter { current[$0] == nil }
        let missingInOrder = projections.filter { currentInOrder[$0.fingerprint] == nil }
        var commit = StoreCommit(checkpoint: checkpoint)
        var events: UInt64 = 0
        if !missing.isEmpty || !missingInOrder.isEmpty {
            let segments = try typed(at: "log") { try reader.segments() }
            cache?.removeAll(but: Set(segments.compactMap(\.contentHash)))
            let all = current.isEmpty && currentInOrder.isEmpty
            let made = try ViewBases.with(reader) { bases throws(ViewError) in
                try fold(missing, missingInOrder, bases, mayMove: all, isStopped)
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
            progress.rebuilt = missing.map(\.name) + missingInOrder.map(\.name)
        }
        commit.clearsPause = true
        if let event = progress.paused {
            commit.poison.append(PoisonRow(view: event.view, offset: event.offset, reason: event.reason, isParked: false))
        }
        commit.kept =
            definitions.map { KeptView(name: $0.name, fingerprint: $0.fingerprint) }
            + projections.map { KeptView(name: $0.name, fingerprint: $0.fingerprint) }
        commit.durable = true
        let shown = try store.shown()
        commit.unshown =
            definitions.compactMap { view in current[view].map { (.mergeable(view), $0) } }
            + projections.compactMap { view in currentInOrder[view.fingerprint].map { (.sequential(view), $0) } }
        commit.unshown.removeAll { shown.contains($0.id) }
        promoted = (try? versions.all()) ?? [:]
        commit.promoted = promoted
        try store.commit(commit)
        note(commit, events: events)
        mustRebuildAll = false
        let ids = try store.current(definitions)
        resident = definitions.compactMap { view in ids[view].map { ResidentView(view, view: $0) } }
        try reloadInOrder()
        try announce(running: true)
    }

    /// Views folded from the log's beginning.
    private struct Rebuilt {
        /// The first offset that is not in them.
        var end: Offset
        var views: [RebuiltView] = []
        var sequential: [SequentialResult] = []
        var parked: [PoisonRow] = []
        var events: UInt64 = 0
        var damaged: Set<DamagedRange> = []
    }

    private mutating func fold(
        _ missing: [ViewDefinition], _ missingInOrder: [any SequentialProjection], _ bases: ViewBases, mayMove: Bool,
        _ isStopped: @escaping @Sendable () -> Bool
    ) throws(ViewError) -> Rebuilt {
        var made = Rebuilt(end: max(mayMove ? progress.durable : checkpoint.offset, bases.boundary))
        if !missingInOrder.isEmpty {
            let folded = try foldInOrder(missingInOrder, &made.end, bases, mayMove: mayMove, isStopped)
            made.sequential = folded.states
            made.parked = inOrder.takeParked()
            (made.events, made.damaged) = (folded.events, folded.damaged)
        }
        guard !missing.isEmpty else { return made }
        // Every segment's states come from the cache or go there, and only what it lacks is read.
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

    /// Folds sequential projections from their snapshots or bases. When one of them cannot take an event and the checkpoint may
    /// still go anywhere, `end` becomes that event's offset.
    private mutating func foldInOrder(
        _ missing: [any SequentialProjection], _ end: inout Offset, _ bases: ViewBases, mayMove: Bool,
        _ isStopped: @escaping @Sendable () -> Bool
    ) throws(ViewError) -> SequentialRange {
        inOrder = ResidentSequential(parks: options.parksPoison)
        let parking = inOrder.parking
        let choices = SequentialChoices(
            snapshots: snapshots, acceptsParked: options.parksPoison, park: { parking.park($0) }, isStopped: isStopped)
        do {
            return try SequentialFold.run(reader, missing, upTo: end, bases: bases, choices)
        } catch {
            guard let event = error.poisoned else { throw error }
            guard mayMove else {
                throw ViewError(
                    .poisoned,
                    "\(event), and the other views are past it; run `varve project --on-poison park`, or without that view",
                    poisoned: event)
            }
            progress.paused = event
            end = event.offset
            return try SequentialFold.run(reader, missing, upTo: end, bases: bases, choices)
        }
    }

    /// The sequential projections as the store has them.
    mutating func reloadInOrder() throws(ViewError) {
        inOrder = ResidentSequential(parks: options.parksPoison)
        guard !projections.isEmpty else { return }
        let ids = try store.current(projections)
        for projection in projections {
            guard let id = ids[projection.fingerprint] else { continue }
            inOrder.add(try store.state(projection, view: id), view: id)
        }
    }
}
