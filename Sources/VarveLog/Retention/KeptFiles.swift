// `log/kept/`: the kept segments that the manifest lists, and leftovers of an interrupted retention. A file never changes. When
// fewer of its events are kept, a file of the next revision is written, and the manifest says which one counts.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

struct KeptFiles {
    private let disk: any Disk
    private let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths) {
        self.disk = disk
        self.paths = paths
    }

    /// Writes a segment durably and reads it back. Readers use it only once the manifest lists it.
    func write(_ segment: KeptSegment) throws {
        let path = paths.kept(segment.record)
        try disk.makeDirectory(paths.kept)
        try disk.replace(path, with: segment.bytes)
        guard try disk.openFile(path).readAll(limit: LogLimits.segmentBytes) == segment.bytes else {
            throw LogError(.inputOutput, "\(path) does not read back as it was written; nothing was removed")
        }
    }

    /// Paths of kept files that `manifest` does not list.
    func others(_ manifest: Manifest) throws -> [String] {
        guard try disk.kind(paths.kept) == .directory else { return [] }
        let named = Set(manifest.kept.map(paths.kept))
        return try disk.list(paths.kept).sorted().filter { StorePaths.isKept(StorePaths.beingWritten($0) ?? $0) }
            .map { paths.kept + "/" + $0 }.filter { !named.contains($0) }
    }

    /// Removes the files of `others`. `manifest` must be durable.
    func removeOthers(_ manifest: Manifest) throws {
        for path in try others(manifest) { try disk.remove(path) }
    }

    /// The ids of kept events, so that an event sent again is recognized and gets its old offset.
    func ids(_ manifest: Manifest) throws -> [IDEntry] {
        var entries: [IDEntry] = []
        for record in manifest.kept where record.ids > 0 {
            guard try disk.kind(paths.kept(record)) == .file else { continue }
            let bytes = try disk.openFile(paths.kept(record)).readAll(limit: LogLimits.segmentBytes)
            try bytes.withUnsafeBytes { raw in
                for frame in SegmentWalk(raw, store: manifest.store, first: record.first, limit: record.end).frames {
                    entries += try frameIDs(raw, frame)
                }
            }
        }
        return entries
    }

    /// The valid kept segments below `retained`, for a manifest that is rebuilt. Of overlapping ones the highest revision
    /// counts: it has all events of the others except those that a later retention dropped.
    func found(_ store: StoreID, below retained: Offset) throws -> [SegmentRecord] {
        guard try disk.kind(paths.kept) == .directory else { return [] }
        var valid: [SegmentRecord] = []
        for name in try disk.list(paths.kept) {
            let path = paths.kept + "/" + name
            guard try disk.kind(path) == .file else { continue }
            let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
            guard let record = bytes.withUnsafeBytes({ Self.record($0, store) }), paths.kept(record) == path,
                record.end <= retained
            else { continue }
            valid.append(record)
        }
        valid.sort { ($0.first, $1.revision) < ($1.first, $0.revision) }
        return valid.reduce(into: []) { records, record in
            if records.last.map({ $0.end <= record.first }) ?? true { records.append(record) }
        }
    }

    /// The record of a file, if it is valid.
    private static func record(_ raw: UnsafeRawBufferPointer, _ store: StoreID) -> SegmentRecord? {
        guard let footer = SegmentFooter(endOf: raw), footer.framesEnd <= raw.count else { return nil }
        let job = SealJob(first: footer.first, end: footer.end, keep: Int(footer.framesEnd))
        guard var summary = try? SegmentSummary(UnsafeRawBufferPointer(rebasing: raw[0..<job.keep]), store: store, job),
            summary.footer.contentHash == footer.contentHash
        else { return nil }
        summary.footer.revision = footer.revision
        return summary.record(bytes: raw.count, fileHash: SHA256Digest(of: raw))
    }
}
