// What is done to a log beside its writer: sealing what it left, rewriting sealed segments, removing old ones.
//
// A rewrite is: read, merged and written frame by frame to `<segment>.compact` → synced → read back, decoded and compared →
// footer, synced → rename, directory synced → manifest. A crash before the rename leaves a file that the next run removes; one
// after it leaves a segment whose footer is one revision ahead of the manifest, with the same events, which the next run takes
// in. A segment that would not become smaller stays as it is.

internal import VarveBatchFormat
public import VarveDisk
internal import VarveEvents
internal import VarveHash

/// Maintenance of one log. Holds `maintenance.lock` as long as it lives.
public final class LogMaintenance: Sendable {
    let disk: any Disk
    let paths: StorePaths
    let keeper: ManifestKeeper
    private let lock: DiskFile

    private init(_ disk: any Disk, _ paths: StorePaths, _ keeper: ManifestKeeper, _ lock: DiskFile) {
        self.disk = disk
        self.paths = paths
        self.keeper = keeper
        self.lock = lock
    }

    /// Opens the log in the directory `path` for maintenance. A writer and readers may be at work.
    ///
    /// - Throws: `.noLog`, `.newerFormat`, `.lockHeld` when other maintenance runs, `.damaged` when no manifest is readable.
    public static func open(at path: String, disk: any Disk = RealDisk()) throws(LogError) -> LogMaintenance {
        try typed {
            let paths = StorePaths(path)
            _ = try LogLayout(disk, paths)
            return try Reserve(disk, paths).retrying {
                let lock = try LogLocks.maintenance(disk, paths)
                guard case .valid(let manifest) = try ManifestFiles.load(disk, paths) else {
                    throw LogError(.damaged, "\(paths.log) has no readable manifest; opening the log for writing rebuilds it")
                }
                let maintenance = LogMaintenance(disk, paths, ManifestKeeper(manifest, disk, paths), lock)
                if !ManifestFiles.areEqual(disk, paths) { try maintenance.keeper.change { _ in } }
                try maintenance.removeLeftovers()
                return maintenance
            }
        }
    }

    /// Seals the active segment when nobody writes: recovers the log as a writer would, seals, and lets go. False when a writer
    /// holds the log, or when there is nothing to seal.
    public static func sealActive(
        at path: String, disk: any Disk = RealDisk(), options: LogOptions = .init()
    ) throws(LogError) -> Bool {
        _ = try LogReader.open(at: path, disk: disk)
        do {
            return try typed {
                let core = try LogCore(at: path, disk, options) { sealer in { try sealer.seal($0) } }
                defer { try? core.finish() }
                return try core.sealActive()
            }
        } catch let error where error.code == .lockHeld {
            return false
        }
    }

    /// What an interrupted run left: files not yet renamed, files below R, and bases of another R. The manifest may have been
    /// read from a cache whose sync failed: before anything is removed on its word, it is written once more.
    private func removeLeftovers() throws {
        let manifest = keeper.manifest
        // Made from what was left: what it does not name may be what it should.
        guard !manifest.isRebuilt else { return }
        var names = try disk.list(paths.log).sorted().filter { name in
            name.hasSuffix(StorePaths.segmentSuffix + StorePaths.compactSuffix)
        }.map { paths.log + "/" + $0 }
        names += try expired(manifest)
        names += try Bases(disk, paths).others(manifest) + KeptFiles(disk, paths).others(manifest)
        guard !names.isEmpty else { return }
        try keeper.change { _ in }
        guard keeper.manifest.retained == manifest.retained else { return }
        for name in names { try disk.remove(name) }
    }

    /// Files of segments below R. What is called as one and is of another log, or no plain file, is not ours to remove.
    func expired(_ manifest: Manifest) throws -> [String] {
        try disk.list(paths.log).compactMap(StorePaths.segmentStart).sorted().filter { first in
            guard first < manifest.retained, let claim = SegmentClaim.of(first, manifest.store, disk, paths) else { return false }
            return claim != .foreign
        }.map(paths.segment)
    }

    /// Whether both copies of the manifest were lost once, and nobody has confirmed what was made from the segments: until then
    /// nothing is removed.
    public var isRebuilt: Bool { keeper.manifest.isRebuilt }

    /// Says that a manifest that was made from the segments is right: that pins, rules and projectors were made again, and that
    /// `verify` misses nothing. From then on files may be removed again.
    public func confirmRebuilt() throws(LogError) {
        try typed {
            try keeper.changeIf { manifest in
                defer { manifest.isRebuilt = false }
                return manifest.isRebuilt
            }
            try removeLeftovers()
        }
    }

    /// What `compact` would do.
    public func planCompaction() throws(LogError) -> CompactionPlan {
        try typed { CompactionPlan(try keeper.manifest.segments.map(facts)) }
    }

    /// Rewrites the segments of `plan`. One that fails stays as it is, and the rest goes on, unless the disk is full.
    public func compact(_ plan: CompactionPlan, progress: (CompactionReport.Rewritten) -> Void = { _ in }) throws(LogError)
        -> CompactionReport
    {
        var report = CompactionReport()
        for segment in plan.rewrites {
            do throws(LogError) {
                let done = try typed { try rewrite(Offset(segment.firstOffset)) }
                guard let (done, isKept) = done else { continue }
                if isKept {
                    report.kept.append(done)
                } else {
                    report.rewritten.append(done)
                    progress(done)
                }
            } catch {
                if error.code == .noSpace || error.code == .newerFormat { throw error }
                report.failed.append((segment.firstOffset, error.message))
            }
        }
        return report
    }

    /// What is known of a segment. One whose rewriting was interrupted between rename and manifest is taken in here.
    private func facts(_ record: SegmentRecord) throws -> CompactionPlan.Segment {
        let footer = try? FrameBuffer().footer(disk.openFile(paths.segment(record.first)))
        var revision = record.revision
        if let footer, footer.revision == record.revision + 1, !record.isDamaged, try adopt(record) {
            revision = footer.revision
        }
        return CompactionPlan.Segment(
            firstOffset: record.first.value, endOffset: record.end.value, bytes: record.bytes, events: record.rows,
            frames: footer?.frames.count ?? 0, revision: revision, isDamaged: record.isDamaged || footer == nil,
            isTight: record.isTight)
    }

    private func adopt(_ record: SegmentRecord) throws -> Bool {
        let bytes = try disk.openFile(paths.segment(record.first)).readAll(limit: LogLimits.segmentBytes)
        let store = keeper.manifest.store
        guard let found = bytes.withUnsafeBytes({ RewriteJudge.successor(of: record, $0, store) }) else { return false }
        // The sync of the directory may have failed, and then the rename is in the cache only.
        try swap(paths.segment(record.first), bytes)
        try replace(record, by: found)
        return true
    }

    /// Nil when the segment is gone. One that would not become smaller stays as it is, and the manifest says so.
    private func rewrite(_ first: Offset) throws -> (done: CompactionReport.Rewritten, isKept: Bool)? {
        guard let record = keeper.manifest.segments.first(where: { $0.first == first }) else { return nil }
        let path = paths.segment(first)
        let (file, beside) = try emptyFile(beside: path)
        let rewritten: RewrittenSegment
        do {
            rewritten = try SegmentRewriter.rewrite(disk.openFile(path), into: file, keeper.manifest.store, record)
        } catch {
            try? disk.remove(beside)
            throw error
        }
        let isKept = rewritten.record.bytes >= record.bytes
        if isKept {
            try disk.remove(beside)
            var tight = record
            tight.flags |= SegmentRecord.tight
            try replace(record, by: tight)
        } else {
            try disk.rename(beside, to: path)
            try replace(record, by: rewritten.record)
        }
        let done = CompactionReport.Rewritten(
            firstOffset: first.value, framesBefore: rewritten.framesBefore, framesAfter: rewritten.frames,
            bytesBefore: record.bytes, bytesAfter: rewritten.record.bytes)
        return (done, isKept)
    }

    private func emptyFile(beside path: String) throws -> (DiskFile, path: String) {
        let beside = path + StorePaths.compactSuffix
        if try disk.kind(beside) != nil { try disk.remove(beside) }
        return (try disk.create(beside), beside)
    }

    /// Puts `bytes` in the place of the file at `path`, after they were read back from the disk.
    private func swap(_ path: String, _ bytes: [UInt8]) throws {
        let (file, beside) = try emptyFile(beside: path)
        do {
            try file.write(bytes, at: 0)
            try file.syncData()
            guard try disk.openFile(beside).readAll(limit: LogLimits.segmentBytes) == bytes else {
                throw LogError(.inputOutput, "\(beside) does not read back as it was written; the old segment stays")
            }
        } catch {
            try? disk.remove(beside)
            throw error
        }
        try disk.rename(beside, to: path)
    }

    private func replace(_ record: SegmentRecord, by new: SegmentRecord) throws {
        try keeper.change { manifest in
            guard let index = manifest.segments.firstIndex(where: { $0.first == record.first }),
                manifest.segments[index].contentHash == new.contentHash
            else { return }
            manifest.segments[index] = new
        }
    }
}

/// Whether a file is the next revision of the segment that a manifest describes.
enum RewriteJudge {
    /// The record of the file `raw` when it is sound in itself and holds the events of `record`.
    static func successor(of record: SegmentRecord, _ raw: UnsafeRawBufferPointer, _ store: StoreID) -> SegmentRecord? {
        let walk = SegmentWalk(raw, store: store, first: record.first, limit: record.end)
        guard let footer = walk.footer, walk.faults.isEmpty, footer.revision == record.revision + 1,
            footer.contentHash == record.contentHash, footer.chainIn == record.chainIn, footer.chainOut == record.chainOut
        else { return nil }
        let job = SealJob(first: record.first, end: record.end, keep: Int(footer.framesEnd))
        guard
            var summary = try? SegmentSummary(UnsafeRawBufferPointer(rebasing: raw[0..<job.keep]), store: store, job),
            summary.footer.contentHash == record.contentHash
        else { return nil }
        summary.footer.chainOut = footer.chainOut
        summary.footer.revision = footer.revision
        return summary.record(bytes: raw.count, fileHash: SHA256Digest(of: raw))
    }
}
