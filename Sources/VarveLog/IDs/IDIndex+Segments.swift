// Building runs from segments, for a run that is missing, damaged, from another log or from a newer program. The segments are
// read whole and their ids decoded (docs/format/ids.md gives the cost).

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

extension IDIndex {
    /// Builds runs for those of `segments` that no run covers. Returns how many segments were read, and those that the disk
    /// could not read; with `mustRead` an unreadable segment is an error.
    func make(_ segments: [SegmentRecord], mustRead: Bool) throws -> (read: Int, unreadable: [DamagedRange]) {
        let missing = missing(segments, view)
        guard !missing.isEmpty else { return (0, []) }
        let made = try runs(of: missing, mustRead: mustRead)
        update { view in
            view.runs += made.runs
            view.runs.sort { $0.offsets.lowerBound < $1.offsets.lowerBound }
        }
        return (missing.count - made.unreadable.count, made.unreadable)
    }

    /// Those of `segments` that have ids but are covered by no run.
    private func missing(_ segments: [SegmentRecord], _ view: View) -> [SegmentRecord] {
        segments.filter { segment in
            segment.ids > 0 && !view.runs.contains { $0.offsets.contains(segment.first.value) }
        }
    }

    /// The first offsets of segments whose ids are in no run because the segments could not be read. No run may be merged
    /// across them: it would claim to cover their ids, and they would not be read once the disk can. Segments lost for good are
    /// left out.
    func gaps(_ view: View) -> [UInt64] {
        missing(manifestStore.manifest.segments, view).filter { segment in
            !view.lost.contains { $0.lowerBound <= segment.first.value && segment.end.value <= $0.upperBound }
        }.map(\.first.value)
    }

    /// Builds runs of whole segments, each up to the size of a table. A damaged segment gets a run of its own that is rebuilt
    /// at the next start, because the segment may have been repaired by then. Segments that the disk cannot read are returned,
    /// or are an error with `mustRead`.
    func runs(of segments: [SegmentRecord], mustRead: Bool = true) throws -> (runs: [IDRun], unreadable: [DamagedRange]) {
        let store = manifestStore.manifest.store
        var (runs, unreadable): ([IDRun], [DamagedRange]) = ([], [])
        var (gathered, covered): ([IDEntry], [SegmentRecord]) = ([], [])
        func flush(flags: UInt32 = 0) throws {
            defer { (gathered, covered) = ([], []) }
            guard let first = covered.first, let last = covered.last, !gathered.isEmpty else { return }
            let footer = IDRunFooter(
                store: store, offsets: first.first.value..<last.end.value, chain: last.chainOut, flags: flags)
            // Give up the shared reference first, or sorting would copy the array.
            let ids = gathered
            gathered = []
            if let run = try write(consume ids, footer) { runs.append(run) }
        }
        for segment in segments {
            var found = SegmentIDs()
            do {
                found = try SegmentIDs(disk, paths, store, segment)
            } catch let error as DiskError where error.code == .inputOutput && !mustRead {
                let consequence = "its ids are unknown, so duplicates of them are not detected"
                unreadable.append(DamagedRange(paths, segment, error, consequence))
            }
            let hasRoom = gathered.count + found.ids.count <= memory.tableEntries
            if !view.mayJoin(covered, segment) || !found.isComplete || !hasRoom { try flush() }
            gathered += found.ids
            covered.append(segment)
            if !found.isComplete { try flush(flags: IDRunFooter.incomplete) }
        }
        try flush()
        return (runs, unreadable)
    }
}

extension IDIndex.View {
    /// Whether one run may hold the segments of `covered` and `next`: the span of offsets is small enough, and no other run
    /// lies between the last two.
    fileprivate func mayJoin(_ covered: [SegmentRecord], _ next: SegmentRecord) -> Bool {
        guard let first = covered.first, let last = covered.last else { return true }
        return next.end.value - first.first.value <= IDRunFooter.spanMax
            && !runs.contains { $0.offsets.overlaps(last.end.value..<max(last.end.value, next.first.value)) }
    }
}

extension DamagedRange {
    /// A sealed segment that the disk cannot read, and the consequence.
    init(_ paths: StorePaths, _ segment: SegmentRecord, _ error: DiskError, _ consequence: String) {
        self.init(
            file: paths.segment(segment.first), bytes: 0..<segment.bytes, offsets: segment.first.value..<segment.end.value,
            reason: "\(error): \(consequence)")
    }
}

/// The ids of a sealed segment, read from its frames.
struct SegmentIDs {
    private(set) var ids: [IDEntry] = []
    /// Whether as many ids were found as the manifest says.
    private(set) var isComplete = false

    /// An empty set: nothing was read.
    init() {}

    /// Skips frames that cannot be read; a missing segment has no ids. Throws the errors of the disk.
    init(_ disk: any Disk, _ paths: StorePaths, _ store: StoreID, _ record: SegmentRecord) throws {
        let path = paths.segment(record.first)
        guard try disk.kind(path) == .file else { return }
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        bytes.withUnsafeBytes { raw in
            for frame in SegmentWalk(raw, store: store, first: record.first, limit: record.end).frames {
                if let found = try? frameIDs(raw, frame) { ids += found }
            }
        }
        isComplete = UInt64(ids.count) == record.ids
    }
}

/// The files of runs in `ids/`.
struct IDRunFiles {
    private let disk: any Disk
    private let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths) {
        self.disk = disk
        self.paths = paths
    }

    /// The valid runs in offset order, without overlap. Removes every other run file and temporary file.
    func load(_ manifest: Manifest) throws -> [IDRun] {
        var names: [(name: String, offsets: Range<UInt64>)] = []
        for name in try disk.list(paths.ids).sorted() {
            if let offsets = StorePaths.idRunOffsets(name) {
                names.append((name, offsets))
            } else if name.hasSuffix(temporarySuffix) || name.hasSuffix(StorePaths.formerRunSuffix)
                || name.hasSuffix(StorePaths.idRunSuffix)
            {
                remove(name)
            }
        }
        // Of runs with the same first offset, the longest comes first: the others were merged into it.
        names.sort {
            $0.offsets.lowerBound == $1.offsets.lowerBound
                ? $0.offsets.upperBound > $1.offsets.upperBound : $0.offsets.lowerBound < $1.offsets.lowerBound
        }
        var runs: [IDRun] = []
        for (name, offsets) in names {
            if offsets.lowerBound >= runs.last?.offsets.upperBound ?? 0, let run = open(name, offsets, manifest) {
                runs.append(run)
            } else {
                remove(name)
            }
        }
        return runs
    }

    private func remove(_ name: String) { try? disk.remove(paths.ids + "/" + name) }

    /// Nil when the file is incomplete, belongs to another log, or does not match the segments at these offsets.
    private func open(_ name: String, _ offsets: Range<UInt64>, _ manifest: Manifest) -> IDRun? {
        guard offsets.upperBound > manifest.retained.value,
            let last = manifest.segments.first(where: { $0.end.value == offsets.upperBound }),
            !manifest.segments.contains(where: { $0.first.value < offsets.lowerBound && $0.end.value > offsets.lowerBound }),
            let file = try? disk.openFile(paths.ids + "/" + name), let run = try? IDRun(opening: file),
            run.footer.store == manifest.store, run.offsets == offsets, run.footer.chain == last.chainOut, run.footer.isComplete
        else { return nil }
        return run
    }
}
