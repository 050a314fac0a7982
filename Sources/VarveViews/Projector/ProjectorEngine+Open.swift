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
        let missing = definitions.filter { current[$0] == nil }
        var commit = StoreCommit(checkpoint: checkpoint)
        var events: UInt64 = 0
        if !missing.isEmpty {
            let (first, segments) = try typed(at: "log") { (try reader.retained(), try reader.segments()) }
            cache?.removeAll(but: Set(segments.compactMap(\.contentHash)))
            let all = current.isEmpty
            let end = all ? max(progress.durable, first) : max(checkpoint.offset, first)
            let folded = try ParallelFold.run(
                reader, FoldPlan(missing), first.value..<end.value, threads: options.threads,
                FoldChoices(isStopped: isStopped, cache: cache))
            events = folded.events
            if all {
                commit.checkpoint = Checkpoint(
                    store: reader.store, epoch: pace.epoch ?? 0, offset: end, segment: pace.segment ?? Offset(0),
                    stamp: try stamp(before: end))
            }
            commit.rebuilt = missing.compactMap { view in
                folded.states.state(of: view.name).map { RebuiltView(state: $0, completeFrom: first) }
            }
            commit.gaps = folded.damaged.filter { !$0.offsets.isEmpty }.map { Gap(offsets: $0.offsets, reason: $0.reason) }
                .sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }
            commit.replacesGaps = all
            commit.removesOthers = mustRebuildAll
            progress.rebuilt = missing.map(\.name)
        }
        commit.kept = definitions.map(\.name)
        commit.durable = true
        try store.commit(commit)
        note(commit, events: events)
        mustRebuildAll = false
        let ids = try store.current(definitions)
        resident = definitions.compactMap { view in ids[view].map { ResidentView(view, view: $0) } }
        try announce(running: true)
    }
}

// Telling where the projector is.
extension ProjectorEngine {
    mutating func announceIfDue(running: Bool) throws(ViewError) {
        let hasMoved = announcedOffset != checkpoint.offset
        if hasMoved ? pace.isDue : pace.isHeartbeatDue { try announce(running: running) }
    }

    /// Makes the position durable where it is not, and tells the registry.
    mutating func announce(running: Bool) throws(ViewError) {
        try refreshPlace()
        if !pace.isOnDisk {
            var commit = StoreCommit(checkpoint: checkpoint)
            commit.checkpoint.epoch = pace.epoch ?? checkpoint.epoch
            commit.durable = true
            try store.commit(commit)
            checkpoint = commit.checkpoint
            pace.isOnDisk = true
        }
        let speed = pace.announce()
        try teller.tell(
            RegisteredProjector(
                name: name, offset: checkpoint.offset, updated: Timestamp(nanoseconds: wallClockNanoseconds()),
                isRunning: running, eventsPerSecond: speed))
        announcedOffset = checkpoint.offset
    }
}

/// The SQLite file of a projector, before it is known to be whole.
struct StoreFile {
    let path: String
    let disk: any Disk

    /// Removes it, with what SQLite keeps beside it.
    func remove() throws(ViewError) {
        try typed(at: path) {
            for suffix in ["", "-wal", "-shm", "-journal"] where try disk.kind(path + suffix) != nil {
                try disk.remove(path + suffix)
            }
        }
    }

    /// Opens it. What is damaged, or of an older schema, is removed: views are derived.
    func open(
        _ log: StoreID, _ projector: String, _ onStep: (@Sendable (CommitStep) throws -> Void)?, _ notes: inout [String]
    ) throws(ViewError) -> StoreWriter {
        do {
            let unclean = try typed(at: path) { () -> Bool in
                // Made here, so that only its owner can read it; SQLite gives what it keeps beside it the same mode.
                if try disk.kind(path) == nil { _ = try disk.create(path) }
                return try disk.kind(path + "-wal") != nil
            }
            let store = try StoreWriter(at: path, log: log, projector: projector, onStep: onStep)
            if unclean { try store.checkWhole() }
            return store
        } catch where error.code == .damaged {
            notes.append("projector '\(projector)' builds all its views anew: \(error.message)")
            try remove()
            _ = try typed(at: path) { try disk.create(path) }
            return try StoreWriter(at: path, log: log, projector: projector, onStep: onStep)
        }
    }
}
