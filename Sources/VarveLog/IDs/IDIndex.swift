// The index of ids in sealed segments and their offsets. Together with the tables of the unsealed segments (`LiveIDs`) it
// covers every id of the log.
//
//     append ──▶ tables in memory, one per unsealed segment                      recovered from the log itself
//     sealing ─▶ a run for that segment ──▶ four or more neighbours are merged into one run, in steps, on the sealing thread
//     opening ─▶ footers, fences and filters of the runs are read; a missing or invalid run is rebuilt from its segments
//
// All of it is derived. Runs may be deleted even while a writer is at work: an open file stays readable.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// How the memory granted to the id index is divided.
struct IDMemory: Sendable {
    static let least = 16 << 20
    /// Ids in one table. Five tables may exist at once: of the segment being written, of the one before it, of two waiting to
    /// be sealed and of one being sealed.
    let tableEntries: Int
    /// Bytes for all fences and filters.
    let filters: Int

    init(_ bytes: Int) {
        let bytes = max(Self.least, bytes)
        tableEntries = bytes / 10 / IDTable.bytesPerID
        filters = bytes / 2
    }
}

final class IDIndex: Sendable {
    /// An immutable state for lookups; cheap to copy.
    struct View: Sendable {
        /// In offset order, without overlap.
        var runs: [IDRun] = []
        /// The runs hold all ids of events below this offset.
        var covered: UInt64 = 0
        /// The retention boundary: events below it are no longer in the log.
        var floor: UInt64 = 0
        /// Offsets lost to damage.
        var lost: [Range<UInt64>] = []
        /// Ids of the events below `floor` that retention kept. They are few and held in memory.
        var kept = IDTable()
        /// The files that `kept` was read from.
        var keptFiles: [String] = []

        /// Whether the event at `offset` is still in the log, so that an append can be a duplicate of it.
        func contains(_ offset: UInt64) -> Bool { offset >= floor && !lost.contains { $0.contains(offset) } }
    }

    let disk: any Disk
    let paths: StorePaths
    let manifestStore: ManifestStore
    let memory: IDMemory
    let errors: BackgroundErrors
    let current = Monitor(View())
    /// Held while runs are changed. Lookups do not take it.
    let work = Monitor<IDMerge?>(nil)

    init(
        _ disk: any Disk, _ paths: StorePaths, _ manifestStore: ManifestStore, _ memory: IDMemory,
        _ errors: BackgroundErrors = BackgroundErrors()
    ) {
        self.disk = disk
        self.paths = paths
        self.manifestStore = manifestStore
        self.memory = memory
        self.errors = errors
    }

    var view: View { current.withLock(notify: false) { $0 } }

    // MARK: Sealing

    /// Writes a run for a segment that is about to be sealed. Lookups see it only after `publish`.
    func stage(_ ids: consuming [IDEntry], _ offsets: Range<UInt64>, chain: UInt64) throws -> IDRun? {
        guard !ids.isEmpty else { return nil }
        return try write(ids, IDRunFooter(store: manifestStore.manifest.store, offsets: offsets, chain: chain))
    }

    /// Adds the run of a segment that is now in the manifest, and continues merging.
    func publish(_ run: IDRun?, end: UInt64) {
        update { view in
            view.covered = max(view.covered, end)
            guard let run else { return }
            view.runs.removeAll { $0.offsets.overlaps(run.offsets) }
            view.runs.append(run)
            view.runs.sort { $0.offsets.lowerBound < $1.offsets.lowerBound }
        }
        advanceMerging(LogLimits.idMergePace * (run?.count ?? 0) + LogLimits.idMergeStep)
    }

    /// Builds the runs of segments up to `end` that an earlier, failed attempt to seal has already put into the manifest.
    func catchUp(to end: UInt64) throws {
        // Segments below `covered` have their runs, or runs that cannot be built now.
        let covered = view.covered
        let new = covered..<max(covered, end)
        _ = try work.withLock { _ in
            let segments = manifestStore.manifest.segments.filter { new.contains($0.first.value) && $0.end.value <= end }
            return try make(segments, mustRead: true)
        }
        publish(nil, end: end)
    }

    /// Applies `change` to the view and updates the rest of it from the manifest.
    func update(_ change: (inout View) -> Void = { _ in }) {
        let manifest = manifestStore.manifest
        let kept = kept(manifest)
        var expired: [IDRun] = []
        current.withLock(notify: false) { view in
            change(&view)
            // If the kept events cannot be read, leave the runs below R in place.
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

    /// Folds filters, largest first, until all fit into `limit` bytes.
    private static func fit(_ runs: inout [IDRun], _ limit: Int) {
        while runs.reduce(0, { $0 + $1.memory }) > limit {
            guard let largest = runs.indices.max(by: { runs[$0].filter.byteCount < runs[$1].filter.byteCount }),
                runs[largest].filter.byteCount > 0
            else { return }
            runs[largest].foldFilter()
        }
    }

    /// Sorts the ids and writes them as a run.
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

    /// The bits per id that the remaining filter memory allows.
    func bits(for keys: Int) -> Int {
        let room = memory.filters - view.runs.reduce(0) { $0 + $1.memory }
        return [IDFilter.bitsPerKey, IDFilter.bitsPerKey / 2].first { keys * $0 / 8 <= room } ?? IDFilter.leastBitsPerKey
    }
}
