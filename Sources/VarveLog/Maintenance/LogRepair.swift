// Repair: what verify finds becomes known damage, and what can be made again is. Nothing is deleted: a file that is changed is
// copied to `quarantine/` as it was, first.
//
//     manifest, watermark, active segment     recovery mends them, as it does at every start
//     header, footer, filters, padding        made again from the frames; the content hash proves that nothing is lost
//     frames                                  stay where they are, footer and manifest leave them out and name the lost offsets
//     a segment that is missing               an empty one of the same offsets stands in for it
//     view states at R                        cannot be made again: restore them from a backup

internal import VarveBatchFormat
public import VarveDisk
internal import VarveEvents
internal import VarveHash

/// See `repair(at:)`.
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
                    reason: "the log has none of these events, and they are whole in this file")
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
    /// Whether the manifest names it already.
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
        // A writer's lock, and what a writer does at its start.
        let held = DiskFile(try disk.lock(paths.lock, note: processNote()), on: disk)
        try disk.makeDirectory(paths.quarantine)
        for file in Set(report.found.map(\.file)).sorted() where !file.hasPrefix(paths.quarantine + "/") { try keepCopy(file) }
        let hurt = Set(report.found.map(\.file))
        _ = consume held
        let core = try LogCore(at: paths.root, disk, options) { sealer in { try sealer.seal($0) } }
        defer { try? core.finish() }
        guard case .valid(let manifest) = try ManifestFiles.load(disk, paths) else {
            throw LogError(.damaged, "\(paths.log) has no readable manifest after recovery")
        }
        let keeper = ManifestKeeper(manifest, disk, paths)
        for record in manifest.segments where hurt.contains(paths.segment(record.first)) { try mend(record, keeper) }
        try bringBack(keeper)
        report.left = try LogVerifier.verify(at: paths.root, disk: disk).faults.filter { !$0.isKnown }
        let lost = Set((report.marked + report.left).map(\.file))
        report.mended = hurt.subtracting(lost).filter { !$0.hasPrefix(paths.quarantine + "/") }.sorted()
    }

    /// Segments of which the log has nothing, from `quarantine/`; what is missing after that is lost, and known to be.
    private mutating func bringBack(_ keeper: ManifestKeeper) throws {
        let quarantined = QuarantinedSegments(disk, paths)
        for find in try quarantined.fitting(keeper.manifest) {
            try quarantined.bringBack(find, keeper)
            report.restored.append(paths.segment(find.first))
        }
        var lost: [DamageRecord] = []
        for gap in QuarantinedSegments.gaps(keeper.manifest) {
            let offsets = gap.lowerBound.value..<gap.upperBound.value
            if !keeper.manifest.damaged.contains(where: { $0.offsets.overlaps(offsets) }) { lost.append(.nothing(offsets)) }
        }
        guard !lost.isEmpty else { return }
        try keeper.change { $0.damaged += lost }
        report.marked += lost.map {
            DamagedRange(file: paths.segment($0.segment), bytes: 0..<0, offsets: $0.offsets, reason: "no segment holds them")
        }
    }

    private mutating func keepCopy(_ file: String) throws {
        if let kind = try disk.kind(file), kind != .file {
            // A link or a folder in the place of a file.
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

    /// Writes the segment anew: its frames as they stand, damage included, and a footer that lists the whole ones.
    private mutating func mend(_ record: SegmentRecord, _ keeper: ManifestKeeper) throws {
        let path = paths.segment(record.first)
        let store = keeper.manifest.store
        let old = try disk.kind(path) == .file ? disk.openFile(path).readAll(limit: LogLimits.segmentBytes) : []
        let walk = old.withUnsafeBytes { SegmentWalk($0, store: store, first: record.first, limit: record.end) }
        if walk.isNewer { throw LogError(.newerFormat, "\(path) was written by a newer version of this program") }
        let (kept, faults) = parts(of: old, walk, record)
        var frames = kept
        let epoch = walk.frames.first?.header.context.epoch ?? keeper.manifest.epoch
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
        try keeper.change { manifest in
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

    /// The part of the file that stays, and what in it is not a whole frame.
    private func parts(of old: [UInt8], _ walk: SegmentWalk, _ record: SegmentRecord) -> ([UInt8], [SegmentFault]) {
        let empty = [UInt8](repeating: 0, count: SegmentHeader.size)
        guard !walk.isForeign, old.count > SegmentHeader.size else {
            let reason = old.isEmpty ? "the segment is missing" : "the file is not that of the segment"
            return (empty, [SegmentFault(bytes: 0..<0, offsets: record.first.value..<record.end.value, reason: reason)])
        }
        var faults = walk.faults
        var keep = walk.frames.last?.range.upperBound ?? SegmentHeader.size
        if walk.end < record.end, lastsAreMissing(walk, record) {
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

    /// What the file's footer says, when it is readable.
    private func framesEnd(_ old: [UInt8]) -> Int? {
        old.withUnsafeBytes { SegmentFooter(endOf: $0) }.flatMap { Int(exactly: $0.framesEnd) }
    }

    /// Compaction leaves holes, also at the end: then the rows say whether any are missing.
    private func lastsAreMissing(_ walk: SegmentWalk, _ record: SegmentRecord) -> Bool {
        walk.frames.reduce(0) { $0 + UInt64($1.header.rowCount) } < record.rows || record.rows == 0 || record.isDamaged
    }
}
