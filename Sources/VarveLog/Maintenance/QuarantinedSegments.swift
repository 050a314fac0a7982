// Restores segments from `quarantine/` whose events the log no longer has. A valid segment may have been moved there by an
// earlier program, or while the manifest was lost. Its intact frames are restored; the file in `quarantine/` stays.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

struct QuarantinedSegments {
    private let disk: any Disk
    private let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths) { (self.disk, self.paths) = (disk, paths) }

    /// A file in `quarantine/` that fits a gap of the log.
    struct Candidate {
        var path: String
        var first: Offset
        var end: Offset
        var rows: Int
    }

    /// The offset ranges between the log's segments that no segment covers.
    static func gaps(_ manifest: Manifest) -> [Range<Offset>] {
        var (next, gaps): (Offset, [Range<Offset>]) = (manifest.retained, [])
        for record in manifest.segments {
            if record.first > next { gaps.append(next..<record.first) }
            next = max(next, record.end)
        }
        return gaps
    }

    /// The files that fit the gaps, by first offset. Of several files of one segment, the one with the most events.
    func fitting(_ manifest: Manifest) throws -> [Candidate] {
        let gaps = Self.gaps(manifest)
        guard !gaps.isEmpty, try disk.kind(paths.quarantine) == .directory else { return [] }
        var best: [Offset: Candidate] = [:]
        for name in try disk.list(paths.quarantine).sorted() {
            guard let first = StorePaths.segmentStart(String(name.prefix(24))),
                let gap = gaps.first(where: { $0.contains(first) }),
                let find = try find(paths.quarantine + "/" + name, first, gap, manifest.store)
            else { continue }
            if find.rows > best[first]?.rows ?? 0 { best[first] = find }
        }
        return best.values.sorted { $0.first < $1.first }.reduce(into: []) { finds, find in
            if find.first >= finds.last?.end ?? Offset(0) { finds.append(find) }
        }
    }

    private func find(_ path: String, _ first: Offset, _ gap: Range<Offset>, _ store: StoreID) throws -> Candidate? {
        guard try disk.kind(path) == .file else { return nil }
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        let walk = bytes.withUnsafeBytes { SegmentWalk($0, store: store, first: first, limit: gap.upperBound) }
        guard !walk.isForeign, !walk.isNewer, !walk.frames.isEmpty, walk.end <= gap.upperBound else { return nil }
        return Candidate(path: path, first: first, end: walk.end, rows: walk.frames.reduce(0) { $0 + $1.header.rowCount })
    }

    /// Puts the segment back into the log, with a new header and footer, and adds it to the manifest.
    func restore(_ find: Candidate, _ manifestStore: ManifestStore) throws {
        let store = manifestStore.manifest.store
        let old = try disk.openFile(find.path).readAll(limit: LogLimits.segmentBytes)
        let walk = old.withUnsafeBytes { SegmentWalk($0, store: store, first: find.first, limit: find.end) }
        guard let first = walk.frames.first, let last = walk.frames.last else { return }
        let next = manifestStore.manifest.segments.first { $0.first >= find.end }
        var bytes = Array(old[0..<last.range.upperBound])
        let header =
            walk.header
            ?? SegmentHeader(
                store: store, first: find.first, chainIn: walk.chainIn ?? 0, epoch: first.header.context.epoch)
        bytes.replaceSubrange(0..<SegmentHeader.size, with: header.encoded())
        let job = SealJob(first: find.first, end: find.end, keep: bytes.count, damaged: walk.faults)
        var summary = try bytes.withUnsafeBytes { try SegmentSummary($0, store: store, job) }
        if let next, next.first == find.end, next.chainIn != 0 { summary.footer.chainOut = next.chainIn }
        bytes += summary.ending(at: bytes.count)
        try disk.replace(paths.segment(find.first), with: bytes)
        let record = summary.record(bytes: bytes.count, fileHash: bytes.withUnsafeBytes { SHA256Digest(of: $0) })
        try manifestStore.change { manifest in
            guard !manifest.segments.contains(where: { $0.first < record.end && $0.end > record.first }) else { return }
            manifest.damaged = manifest.damaged.flatMap { $0.without(record.first.value..<record.end.value) }
            manifest.damaged += walk.faults.map {
                DamageRecord(
                    segment: record.first, bytes: UInt64($0.bytes.lowerBound)..<UInt64($0.bytes.upperBound),
                    offsets: $0.offsets)
            }
            manifest.segments.append(record)
            manifest.segments.sort { $0.first < $1.first }
        }
    }
}

extension DamageRecord {
    /// The parts of this record that remain once the offsets `back` are restored.
    fileprivate func without(_ back: Range<UInt64>) -> [DamageRecord] {
        guard offsets.overlaps(back) else { return [self] }
        let below = offsets.lowerBound..<max(offsets.lowerBound, back.lowerBound)
        let above = min(offsets.upperBound, back.upperBound)..<offsets.upperBound
        return [below, above].filter { !$0.isEmpty }.map { .nothing($0) }
    }
}
