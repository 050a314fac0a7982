// Runs from segments: what is done when a run is missing, damaged, of another log or of a newer program. It reads the segments
// whole and decodes their ids (docs/format/ids.md says what that costs).

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

extension IDIndex {
    /// Makes the runs of those of `segments` that are in none. Returns how many segments were read, and those that the disk
    /// does not read; with `mustRead` these are an error.
    func make(_ segments: [SegmentRecord], mustRead: Bool) throws -> (read: Int, unreadable: [DamagedRange]) {
        let missing = missing(segments, view)
        guard !missing.isEmpty else { return (0, []) }
        let made = try runs(of: missing, mustRead: mustRead)
        learn { view in
            view.runs += made.runs
            view.runs.sort { $0.offsets.lowerBound < $1.offsets.lowerBound }
        }
        return (missing.count - made.unreadable.count, made.unreadable)
    }

    /// Those of `segments` that have ids and are in no run.
    private func missing(_ segments: [SegmentRecord], _ view: View) -> [SegmentRecord] {
        segments.filter { segment in
            segment.ids > 0 && !view.runs.contains { $0.offsets.contains(segment.first.value) }
        }
    }

    /// Where segments begin whose ids are in no run, because they could not be read. No run may be merged over them: it would
    /// say that it has their ids, and they would not be read when they can be. What is lost for good is not waited for.
    func gaps(_ view: View) -> [UInt64] {
        missing(keeper.manifest.segments, view).filter { segment in
            !view.lost.contains { $0.lowerBound <= segment.first.value && segment.end.value <= $0.upperBound }
        }.map(\.first.value)
    }

    /// Runs of whole segments, as large as a table. What is read of a damaged segment is a run of its own, and made again at the
    /// next start: the segment may have been mended by then. So is one that the disk does not read, unless `mustRead`.
    func runs(of segments: [SegmentRecord], mustRead: Bool = true) throws -> (runs: [IDRun], unreadable: [DamagedRange]) {
        let store = keeper.manifest.store
        var (runs, unreadable): ([IDRun], [DamagedRange]) = ([], [])
        var (gathered, covered): ([IDEntry], [SegmentRecord]) = ([], [])
        func flush(flags: UInt32 = 0) throws {
            defer { (gathered, covered) = ([], []) }
            guard let first = covered.first, let last = covered.last, !gathered.isEmpty else { return }
            let footer = IDRunFooter(
                store: store, offsets: first.first.value..<last.end.value, chain: last.chainOut, flags: flags)
            // Not shared, or sorting would copy it.
            let ids = gathered
            gathered = []
            if let run = try write(consume ids, footer) { runs.append(run) }
        }
        for segment in segments {
            var found = SegmentIDs()
            do {
                found = try SegmentIDs(disk, paths, store, segment)
            } catch let error as DiskError where error.code == .inputOutput && !mustRead {
                unreadable.append(DamagedRange(paths, segment, error, "its ids are not known, and may come again"))
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
    /// Whether one run may hold the segments of `covered` and `next`: its offsets are not too far apart, and no other run
    /// stands between the last two.
    fileprivate func mayJoin(_ covered: [SegmentRecord], _ next: SegmentRecord) -> Bool {
        guard let first = covered.first, let last = covered.last else { return true }
        return next.end.value - first.first.value <= IDRunFooter.spanMax
            && !runs.contains { $0.offsets.overlaps(last.end.value..<max(last.end.value, next.first.value)) }
    }
}

extension DamagedRange {
    /// A sealed segment that the disk does not read, and what follows from it.
    init(_ paths: StorePaths, _ segment: SegmentRecord, _ error: DiskError, _ consequence: String) {
        self.init(
            file: paths.segment(segment.first), bytes: 0..<segment.bytes, offsets: segment.first.value..<segment.end.value,
            reason: "\(error): \(consequence)")
    }
}

/// The ids in a sealed segment, read from its frames.
struct SegmentIDs {
    private(set) var ids: [IDEntry] = []
    /// They are as many as the manifest says.
    private(set) var isComplete = false

    /// Nothing was read.
    init() {}

    /// Frames that cannot be read are left out; a segment that is gone has none. The disk's own errors are errors.
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

/// The files in `ids/` that are runs.
struct IDRunFiles {
    private let disk: any Disk
    private let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths) {
        self.disk = disk
        self.paths = paths
    }

    /// The runs that can be believed, in offset order, without overlap. Everything else that was a run, or was to be one, goes.
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
        // Of runs that begin together the longest one first: the others went into it.
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

    /// Nil when it is not whole, not of this log, or not of the segments that the log has at these offsets.
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
