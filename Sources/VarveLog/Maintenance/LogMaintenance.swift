// Maintenance beside the writer: sealing the segment it left, rewriting sealed segments, removing old ones.
//
// A rewrite is: read, merged and written frame by frame to `<segment>.compact` → synced → read back, decoded and compared →
// footer, synced → rename, directory synced → manifest. A crash before the rename leaves a file that the next run removes. A
// crash after it leaves a segment whose footer is one revision ahead of the manifest, with the same events; the next run
// updates the manifest. A segment that would not become smaller stays as it is.

internal import VarveBatchFormat
public import VarveDisk
internal import VarveEvents
internal import VarveHash

/// Maintenance of one log. Holds `maintenance.lock` for its lifetime.
public final class LogMaintenance: Sendable {
    let disk: any Disk
    let paths: StorePaths
    let manifestStore: ManifestStore
    private let lock: DiskFile

    private init(_ disk: any Disk, _ paths: StorePaths, _ manifestStore: ManifestStore, _ lock: DiskFile) {
        self.disk = disk
        self.paths = paths
        self.manifestStore = manifestStore
        self.lock = lock
    }

    /// Opens the log in the directory `path` for maintenance. A writer and readers may run at the same time.
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
                let maintenance = LogMaintenance(disk, paths, ManifestStore(manifest, disk, paths), lock)
                if !ManifestFiles.areEqual(disk, paths) { try maintenance.manifestStore.change { _ in } }
                try maintenance.removeLeftovers()
                return maintenance
            }
        }
    }

    /// Seals the active segment when no writer runs: recovers the log as a writer would, seals, and releases the lock. Returns
    /// false when a writer holds the log or there is nothing to seal.
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

    /// Removes what an interrupted run left: temporary files, segments below R, and bases of another R. The manifest may have
    /// been read from a page cache whose sync had failed, so it is written again before anything is removed.
    private func removeLeftovers() throws {
        let manifest = manifestStore.manifest
        // A rebuilt manifest may lack names that it should have.
        guard !manifest.isRebuilt else { return }
        var names = try disk.list(paths.log).sorted().filter { name in
            name.hasSuffix(StorePaths.segmentSuffix + StorePaths.compactSuffix)
        }.map { paths.log + "/" + $0 }
        names += try expired(manifest)
        names += try Bases(disk, paths).others(manifest) + KeptFiles(disk, paths).others(manifest)
        guard !names.isEmpty else { return }
        try manifestStore.change { _ in }
        guard manifestStore.manifest.retained == manifest.retained else { return }
        for name in names { try disk.remove(name) }
    }

    /// Files of segments below R. A file of that name that belongs to another log, or is not a regular file, is left alone.
    func expired(_ manifest: Manifest) throws -> [String] {
        try disk.list(paths.log).compactMap(StorePaths.segmentStart).sorted().filter { first in
            guard first < manifest.retained, let claim = SegmentClaim.of(first, manifest.store, disk, paths) else { return false }
            return claim != .foreign
        }.map(paths.segment)
    }

    /// Whether the manifest was rebuilt from the segments because both copies were lost, and nobody has confirmed it yet. Until
    /// then nothing is removed.
    public var isRebuilt: Bool { manifestStore.manifest.isRebuilt }

    /// Confirms a rebuilt manifest: pins, rules and projectors have been registered again, and `verify` finds nothing missing.
    /// Afterwards files may be removed again.
    public func confirmRebuilt() throws(LogError) {
        try typed {
            try manifestStore.changeIf { manifest in
                defer { manifest.isRebuilt = false }
                return manifest.isRebuilt
            }
            try removeLeftovers()
        }
    }

    /// What `compact` would do.
    public func planCompaction() throws(LogError) -> CompactionPlan {
        try typed { CompactionPlan(try manifestStore.manifest.segments.map(facts)) }
    }

    /// Rewrites the segments of `plan`. If one fails, it stays as it is and the rest continues, unless the disk is full.
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

    /// The facts about a segment for the plan. If a rewrite was interrupted between rename and manifest, the manifest is
    /// updated here.
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
        let store = manifestStore.manifest.store
        guard let found = bytes.withUnsafeBytes({ RewriteCheck.successor(of: record, $0, store) }) else { return false }
        // The sync of the directory may have failed, in which case the rename exists only in the page cache.
        try swap(paths.segment(record.first), bytes)
        try replace(record, by: found)
        return true
    }

    /// Nil when the segment is gone. A segment that would not become smaller stays as it is and is marked tight in the
    /// manifest.
    private func rewrite(_ first: Offset) throws -> (done: CompactionReport.Rewritten, isKept: Bool)? {
        guard let record = manifestStore.manifest.segments.first(where: { $0.first == first }) else { return nil }
        let path = paths.segment(first)
        let (file, temporary) = try emptyFile(for: path)
        let rewritten: RewrittenSegment
        do {
            rewritten = try SegmentRewriter.rewrite(disk.openFile(path), into: file, manifestStore.manifest.store, record)
        } catch {
            try? disk.remove(temporary)
            throw error
        }
        let isKept = rewritten.record.bytes >= record.bytes
        if isKept {
            try disk.remove(temporary)
            var tight = record
            tight.flags |= SegmentRecord.tight
            try replace(record, by: tight)
        } else {
            try disk.rename(temporary, to: path)
            try replace(record, by: rewritten.record)
        }
        let done = CompactionReport.Rewritten(
            firstOffset: first.value, framesBefore: rewritten.framesBefore, framesAfter: rewritten.frames,
            bytesBefore: record.bytes, bytesAfter: rewritten.record.bytes)
        return (done, isKept)
    }

    private func emptyFile(for path: String) throws -> (DiskFile, path: String) {
        let temporary = path + StorePaths.compactSuffix
        if try disk.kind(temporary) != nil { try disk.remove(temporary) }
        return (try disk.create(temporary), temporary)
    }

    /// Replaces the file at `path` by `bytes`, after reading them back from the disk.
    private func swap(_ path: String, _ bytes: [UInt8]) throws {
        let (file, temporary) = try emptyFile(for: path)
        do {
            try file.write(bytes, at: 0)
            try file.syncData()
            guard try disk.openFile(temporary).readAll(limit: LogLimits.segmentBytes) == bytes else {
                throw LogError(.inputOutput, "\(temporary) does not read back as it was written; the old segment stays")
            }
        } catch {
            try? disk.remove(temporary)
            throw error
        }
        try disk.rename(temporary, to: path)
    }

    private func replace(_ record: SegmentRecord, by new: SegmentRecord) throws {
        try manifestStore.change { manifest in
            guard let index = manifest.segments.firstIndex(where: { $0.first == record.first }),
                manifest.segments[index].contentHash == new.contentHash
            else { return }
            manifest.segments[index] = new
        }
    }
}

/// Recognizes a file that is the next revision of the segment that a manifest describes.
enum RewriteCheck {
    /// The new record of the file `raw`, if it is valid and holds the events of `record`.
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
