// Repair turns what verify finds into recorded damage, and rebuilds what can be rebuilt. Nothing is deleted: before a file is
// changed, it is copied to `quarantine/`.
//
//     manifest, watermark, active segment     repaired by recovery, as at every start
//     header, footer, filters, padding        rebuilt from the frames; the content hash proves that nothing is lost
//     damaged frames                          stay in the file; footer and manifest leave them out and list the lost offsets
//     a missing segment                       replaced by an empty one of the same offsets
//     view states at R                        cannot be rebuilt; restore them from a backup

internal import VarveBatchFormat
public import VarveDisk
internal import VarveEvents
internal import VarveHash

/// Repairs a log; see `repair(at:)`.
public enum LogRepair {
    /// Repairs the log in the directory `path`. With `dryRun` nothing is changed and only `found` is filled.
    ///
    /// - Throws: `.lockHeld` while a writer or other maintenance runs, `.noLog`, `.newerFormat`.
    public static func repair(
        at path: String, disk: any Disk = RealDisk(), options: LogOptions = .init(), dryRun: Bool = false
    ) throws(LogError) -> RepairReport {
        var report = RepairReport()
        report.found = try LogVerifier.verify(at: path, disk: disk).faults.filter { !$0.isKnown }
        try typed {
            let paths = StorePaths(path)
            report.found += try QuarantinedSegments(disk, paths).fitting(LogLayout(disk, paths).manifest).map {
                DamagedRange(
                    file: $0.path, bytes: 0..<0, offsets: $0.first.value..<$0.end.value,
                    reason: "the log lacks these events, and this file has them intact")
            }
        }
        guard !dryRun, !report.found.isEmpty else { return report }
        try typed {
            var repairing = Repairing(disk, StorePaths(path), report)
            try repairing.run(options)
            report = repairing.report
        }
        return report
    }
}

extension DamagedRange {
    /// Whether the manifest already lists this damage.
    public var isKnown: Bool { reason == Self.knownDamage }
}

private struct Repairing {
    private(set) var report: RepairReport
    private let disk: any Disk
    private let paths: StorePaths

    init(_ disk: any Disk, _ paths: StorePaths, _ report: RepairReport) {
        self.disk = disk
        self.paths = paths
        self.report = report
    }

    mutating func run(_ options: LogOptions) throws {
        let lock = try LogLocks.maintenance(disk, paths)
        defer { _ = lock }
        // Take the writer's lock, because what follows is what a writer does at its start.
        let held = DiskFile(try disk.lock(paths.lock, note: processNote()), on: disk)
        try disk.makeDirectory(paths.quarantine)
        for file in Set(report.found.map(\.file)).sorted() where !file.hasPrefix(paths.quarantine + "/") { try keepCopy(file) }
        let damagedFiles = Set(report.found.map(\.file))
        _ = consume held
        let core = try LogCore(at: paths.root, disk, options) { sealer in { try sealer.seal($0) } }
        defer { try? core.finish() }
        guard case .valid(let manifest) = try ManifestFiles.load(disk, paths) else {
            throw LogError(.damaged, "\(paths.log) has no readable manifest after recovery")
        }
        let manifestStore = ManifestStore(manifest, disk, paths)
        for record in manifest.segments where damagedFiles.contains(paths.segment(record.first)) {
            try rebuild(record, manifestStore)
        }
        try restoreQuarantined(manifestStore)
        report.left = try LogVerifier.verify(at: paths.root, disk: disk).faults.filter { !$0.isKnown }
        let lost = Set((report.marked + report.left).map(\.file))
        report.repaired = damagedFiles.subtracting(lost).filter { !$0.hasPrefix(paths.quarantine + "/") }.sorted()
    }

    /// Restores segments that the log lacks from `quarantine/`. Offsets that are still missing after that are recorded as lost.
    private mutating func restoreQuarantined(_ manifestStore: ManifestStore) throws {
        let quarantined = QuarantinedSegments(disk, paths)
        for find in try quarantined.fitting(manifestStore.manifest) {
            try quarantined.restore(find, manifestStore)
            report.restored.append(paths.segment(find.first))
        }
        var lost: [DamageRecord] = []
        for gap in QuarantinedSegments.gaps(manifestStore.manifest) {
            let offsets = gap.lowerBound.value..<gap.upperBound.value
            let isKnown = manifestStore.manifest.damaged.contains { $0.offsets.overlaps(offsets) }
            if !isKnown { lost.append(.nothing(offsets)) }
        }
        guard !lost.isEmpty else { return }
        try manifestStore.change { $0.damaged += lost }
        report.marked += lost.map {
            DamagedRange(file: paths.segment($0.segment), bytes: 0..<0, offsets: $0.offsets, reason: "no segment holds them")
        }
    }

    private mutating func keepCopy(_ file: String) throws {
        if let kind = try disk.kind(file), kind != .file {
            // A link or a directory stands where a file should be.
            let target = try ManifestFiles.freeName(StorePaths.name(of: file), disk, paths)
            try disk.rename(file, to: target)
            report.quarantined.append(target)
        }
        guard try disk.kind(file) == .file else { return }
        let bytes = try disk.openFile(file).readAll(limit: LogLimits.segmentBytes)
        var number = 0
        var target: String
        repeat {
            target = paths.quarantine + "/" + StorePaths.name(of: file) + ".repair-\(number)"
            number += 1
        } while try disk.kind(target) != nil
        try disk.replace(target, with: bytes)
        report.quarantined.append(target)
    }

    /// Rewrites the segment: its frames as they stand, damage included, and a footer that lists the intact ones.
    private mutating func rebuild(_ record: SegmentRecord, _ manifestStore: ManifestStore) throws {
        let path = paths.segment(record.first)
        let store = manifestStore.manifest.store
        let old = try disk.kind(path) == .file ? disk.openFile(path).readAll(limit: LogLimits.segmentBytes) : []
        let walk = old.withUnsafeBytes { SegmentWalk($0, store: store, first: record.first, limit: record.end) }
        if walk.isNewer { throw LogError(.newerFormat, "\(path) was written by a newer version of this program") }
        let (kept, faults) = parts(of: old, walk, record)
        var frames = kept
        let epoch = walk.frames.first?.header.context.epoch ?? manifestStore.manifest.epoch
        let chainIn = record.chainIn != 0 ? record.chainIn : walk.chainIn ?? 0
        let header = SegmentHeader(store: store, first: record.first, chainIn: chainIn, epoch: walk.header?.epoch ?? epoch)
        frames.replaceSubrange(0..<SegmentHeader.size, with: header.encoded())
        let job = SealJob(first: record.first, end: record.end, keep: frames.count, damaged: faults)
        var summary = try frames.withUnsafeBytes { try SegmentSummary($0, store: store, job) }
        summary.footer.chainOut = record.chainOut
        summary.footer.revision = record.revision
        if faults.isEmpty, !record.isDamaged, summary.footer.contentHash != record.contentHash { return }
        let bytes = frames + summary.ending(at: frames.count)
        try disk.replace(path, with: bytes)
        let new = summary.record(bytes: bytes.count, fileHash: bytes.withUnsafeBytes { SHA256Digest(of: $0) })
        let damage = faults.map {
            DamageRecord(
                segment: record.first, bytes: UInt64($0.bytes.lowerBound)..<UInt64($0.bytes.upperBound), offsets: $0.offsets,
                flags: 1)
        }
        try manifestStore.change { manifest in
            guard let index = manifest.segments.firstIndex(where: { $0.first == record.first }) else { return }
            manifest.segments[index] = new
            manifest.damaged.removeAll { $0.segment == record.first }
            manifest.damaged += damage
        }
        report.marked += faults.map {
            DamagedRange(
                file: path, bytes: UInt64($0.bytes.lowerBound)..<UInt64($0.bytes.upperBound), offsets: $0.offsets,
                reason: $0.reason)
        }
    }

    /// The part of the file to keep, and the ranges in it that are not intact frames.
    private func parts(of old: [UInt8], _ walk: SegmentWalk, _ record: SegmentRecord) -> ([UInt8], [SegmentFault]) {
        let empty = [UInt8](repeating: 0, count: SegmentHeader.size)
        guard !walk.isForeign, old.count > SegmentHeader.size else {
            let reason = old.isEmpty ? "the segment is missing" : "the file belongs to another segment"
            return (empty, [SegmentFault(bytes: 0..<0, offsets: record.first.value..<record.end.value, reason: reason)])
        }
        var faults = walk.faults
        var keep = walk.frames.last?.range.upperBound ?? SegmentHeader.size
        if walk.end < record.end, isMissingLastFrames(walk, record) {
            let stays = min(framesEnd(old) ?? old.count, old.count)
            faults.append(
                SegmentFault(
                    bytes: keep..<max(keep, stays), offsets: walk.end.value..<record.end.value,
                    reason: walk.tailReason.isEmpty ? "the file ends too early" : walk.tailReason))
            keep = max(keep, stays)
        }
        var frames = Array(old[0..<keep])
        while frames.count % 8 != 0 { frames.append(0) }
        return (frames, faults)
    }

    /// The end of the frames according to the file's footer, if that is readable.
    private func framesEnd(_ old: [UInt8]) -> Int? {
        old.withUnsafeBytes { SegmentFooter(endOf: $0) }.flatMap { Int(exactly: $0.framesEnd) }
    }

    /// Whether frames are missing at the end. Compaction leaves holes there, so the row count decides.
    private func isMissingLastFrames(_ walk: SegmentWalk, _ record: SegmentRecord) -> Bool {
        walk.frames.reduce(0) { $0 + UInt64($1.header.rowCount) } < record.rows || record.rows == 0 || record.isDamaged
    }
}
