// Which ids are in sealed segments, and at which offsets. Together with the tables of the segments that are not sealed
// (`LiveIDs`) it knows every id of the log.
//
//     append ──▶ tables in memory, one per segment that is not sealed            the log itself is their journal
//     sealing ─▶ run of that segment ──▶ four or more neighbours become one run, in steps, on the thread that seals
//     opening ─▶ footers, fences and filters of the runs are read; a run that is missing or wrong is made anew from its segments
//
// Everything here is derived. Runs can be deleted, also while a writer is at work: an open file stays readable.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// How the memory granted to ids is shared out.
struct IDMemory: Sendable {
    static let least = 16 << 20
    /// Ids in one table. Five may exist at once: of the segment being written, of one that was just ended, of two waiting to be
    /// sealed and of one being sealed.
    let tableEntries: Int
    /// Bytes of all fences and filters.
    let filters: Int

    init(_ bytes: Int) {
        let bytes = max(Self.least, bytes)
        tableEntries = bytes / 10 / IDTable.bytesPerID
        filters = bytes / 2
    }
}

final class IDIndex: Sendable {
    /// What a lookup needs. A copy is cheap and stays right.
    struct View: Sendable {
        /// In offset order, without overlap.
        var runs: [IDRun] = []
        /// Ids of events below are in the runs.
        var covered: UInt64 = 0
        /// What is below is not in the log any more.
        var floor: UInt64 = 0
        /// Nor are these.
        var lost: [Range<UInt64>] = []
        /// Ids of the events below `floor` that retention kept: few, and all in memory.
        var kept = IDTable()
        /// The files that they are from.
        var keptFiles: [String] = []

        /// Whether there is an event to be a duplicate of.
        func isThere(_ offset: UInt64) -> Bool { offset >= floor && !lost.contains { $0.contains(offset) } }
    }

    let disk: any Disk
    let paths: StorePaths
    let keeper: ManifestKeeper
    let memory: IDMemory
    let errors: BackgroundErrors
    let current = Monitor(View())
    /// Held by whoever changes the runs; a lookup does not need it.
    let work = Monitor<IDMerge?>(nil)

    init(
        _ disk: any Disk, _ paths: StorePaths, _ keeper: ManifestKeeper, _ memory: IDMemory,
        _ errors: BackgroundErrors = BackgroundErrors()
    ) {
        self.disk = disk
        self.paths = paths
        self.keeper = keeper
        self.memory = memory
        self.errors = errors
    }

    var view: View { current.withLock(notify: false) { $0 } }

    // MARK: Sealing

    /// Writes the ids of a segment that is about to be listed as sealed. Nobody sees them before they are published.
    func stage(_ ids: consuming [IDEntry], _ offsets: Range<UInt64>, chain: UInt64) throws -> IDRun? {
        guard !ids.isEmpty else { return nil }
        return try write(ids, IDRunFooter(store: keeper.manifest.store, offsets: offsets, chain: chain))
    }

    /// Takes in the run of a segment that the manifest lists now, and lets merging go on.
    func publish(_ run: IDRun?, end: UInt64) {
        learn { view in
            view.covered = max(view.covered, end)
            guard let run else { return }
            view.runs.removeAll { $0.offsets.overlaps(run.offsets) }
            view.runs.append(run)
            view.runs.sort { $0.offsets.lowerBound < $1.offsets.lowerBound }
        }
        tidy(LogLimits.idMergePace * (run?.count ?? 0) + LogLimits.idMergeStep)
    }

    /// Segments up to here are listed, by an attempt to seal that failed in its last step: their ids are in runs after this.
    func catchUp(to end: UInt64) throws {
        // What was sealed before has its runs, or none that can be made now.
        let covered = view.covered
        let new = covered..<max(covered, end)
        _ = try work.withLock { _ in
            try make(keeper.manifest.segments.filter { new.contains($0.first.value) && $0.end.value <= end }, mustRead: true)
        }
        publish(nil, end: end)
    }

    /// Changes the view, and brings it up to what the manifest says.
    func learn(_ change: (inout View) -> Void = { _ in }) {
        let manifest = keeper.manifest
        let kept = kept(manifest)
        var expired: [IDRun] = []
        current.withLock(notify: false) { view in
            change(&view)
            // While kept events cannot be read, those below R are looked for where they were.
            guard let kept else { return }
            (view.kept, view.keptFiles) = kept
            view.floor = manifest.retained.value
            view.lost = manifest.damaged.map(\.offsets).filter { !$0.isEmpty }
            expired = view.runs.filter { $0.offsets.upperBound <= view.floor }
            view.runs.removeAll { $0.offsets.upperBound <= view.floor }
            Self.fit(&view.runs, memory.filters)
        }
        for run in expired { remove(run.file.path) }
    }

    /// The ids of kept events, read again only when other files hold them; nil when they cannot be read.
    private func kept(_ manifest: Manifest) -> (table: IDTable, files: [String])? {
        let known = view
        let files = manifest.kept.filter { $0.ids > 0 }.map(paths.kept)
        if files == known.keptFiles { return (known.kept, files) }
        let entries: [IDEntry]
        do {
            entries = try KeptFiles(disk, paths).ids(manifest)
        } catch {
            errors.report("ids", "ids of kept events cannot be read: \(LogError(error).message)")
            return nil
        }
        var table = IDTable()
        for entry in entries { _ = table.insert(entry.hash, entry.offset) }
        return (table, files)
    }

    /// Folds filters, the largest first, until they fit.
    private static func fit(_ runs: inout [IDRun], _ limit: Int) {
        while runs.reduce(0, { $0 + $1.memory }) > limit {
            guard let largest = runs.indices.max(by: { runs[$0].filter.byteCount < runs[$1].filter.byteCount }),
                runs[largest].filter.byteCount > 0
            else { return }
            runs[largest].foldFilter()
        }
    }

    /// Sorted, and in a file.
    func write(_ ids: consuming [IDEntry], _ footer: IDRunFooter) throws -> IDRun? {
        var ids = ids
        IDSort.sort(&ids)
        var writer = try IDRunWriter(disk, paths, footer, keys: ids.count, bitsPerKey: bits(for: ids.count))
        do {
            try writer.add(ids)
            return try writer.finish()
        } catch {
            writer.discard()
            throw error
        }
    }

    /// As many bits per id as leave room for the filters that there are.
    func bits(for keys: Int) -> Int {
        let room = memory.filters - view.runs.reduce(0) { $0 + $1.memory }
        return [IDFilter.bitsPerKey, IDFilter.bitsPerKey / 2].first { keys * $0 / 8 <= room } ?? IDFilter.leastBitsPerKey
    }
}
