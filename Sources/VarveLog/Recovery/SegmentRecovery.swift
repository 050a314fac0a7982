// Recovery of the segments that are not sealed, one after the other: facts, row of the table, action.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

struct SegmentRecovery {
    let disk: any Disk
    let paths: StorePaths
    let sealer: Sealer
    /// The published watermark. Frames may prove that it was higher.
    let watermark: Offset
    /// Where appending would go on after the segments so far.
    var point: PlanPoint
    /// Ids in the segment that stays active.
    private(set) var activeIDs: [IDEntry] = []
    /// And its appends, frame by frame.
    private(set) var activeAppends: [(first: Offset, entries: [AppendEntry])] = []

    init(disk: any Disk, paths: StorePaths, sealer: Sealer, watermark: Offset, point: PlanPoint) {
        self.disk = disk
        self.paths = paths
        self.sealer = sealer
        self.watermark = watermark
        self.point = point
    }

    /// Recovers the segment `first`, whose file may be missing.
    mutating func recover(_ first: Offset, successor: Offset?, _ report: inout RecoveryReport) throws {
        if first > point.next { try markLost(point.next.value..<first.value) }
        let path = paths.segment(first)
        let bytes = try disk.kind(path) == nil ? nil : disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        let judged = SegmentJudgement(
            bytes, store: sealer.keeper.manifest.store, first: first, successor: successor, watermark: watermark)
        let row = RecoveryCase(judged.facts)
        report.cases.append((first.value, row.rawValue))
        switch row {
        case .newer:
            throw LogError(.newerFormat, "\(path) was written by a newer version of this program; nothing was changed")
        case .absent: break
        case .lost: try markLost(first.value..<judged.watermark.value)
        case .foreign, .foreignLost, .erased:
            report.quarantined.append(try setAside(path, in: paths.quarantine, report.epoch))
            if row != .foreign { try markLost(first.value..<judged.watermark.value) }
        case .unborn:
            try keepTorn(first, bytes ?? [], 0, &report)
            try sealer.keeper.exclusively { try disk.remove(path) }
        case .damaged:
            try keepTorn(first, bytes ?? [], judged.keep, &report)
            try retire(first, judged)
        case .sealed: try adopt(first, bytes ?? [], judged)
        case .clean, .unpublished, .torn:
            try settle(first, bytes ?? [], judged, row, isLast: successor == nil, &report)
        }
    }

    /// A sound segment: written anew, then active, or sealed when it has a successor.
    private mutating func settle(
        _ first: Offset, _ bytes: [UInt8], _ judged: SegmentJudgement, _ row: RecoveryCase, isLast: Bool,
        _ report: inout RecoveryReport
    ) throws {
        if row == .torn { try keepTorn(first, bytes, judged.keep, &report) }
        point.next = judged.end
        point.chain = judged.chain
        point.observed = judged.lastObserved ?? point.observed
        guard isLast else {
            try sealer.seal(SealJob(first: first, end: judged.end, keep: judged.keep, mustCopy: true))
            return
        }
        // A new file, always: bytes that an earlier process could not sync may look well in the cache and not be on disk, and an
        // earlier writer that is still there writes into the file it has open.
        let whole = Array(bytes[0..<judged.keep])
        try sealer.keeper.exclusively { try disk.replace(paths.segment(first), with: whole) }
        point.segment = first
        point.bytes = judged.keep
        point.rows = judged.frames.reduce(0) { $0 + $1.header.rowCount }
        point.begun = judged.frames.first?.header.minObserved.nanoseconds
        try bytes.withUnsafeBytes { raw in
            for frame in judged.frames {
                activeIDs += try frameIDs(raw, frame)
                let entries = try frameAppends(raw, frame)
                if !entries.isEmpty { activeAppends.append((frame.header.firstOffset, entries)) }
            }
        }
    }

    private mutating func adopt(_ first: Offset, _ bytes: [UInt8], _ judged: SegmentJudgement) throws {
        guard let footer = judged.footer else { preconditionFailure("segment \(first) is sealed without a footer") }
        try sealer.adopt(first, bytes, footer)
        goOn(behind: judged)
    }

    /// A damaged segment keeps every byte that stands below the watermark, gets a footer that lists its whole frames, and no
    /// more events.
    private mutating func retire(_ first: Offset, _ judged: SegmentJudgement) throws {
        try sealer.seal(
            SealJob(first: first, end: judged.end, keep: judged.keep, mustCopy: true, damaged: judged.damaged))
        goOn(behind: judged)
    }

    private mutating func goOn(behind judged: SegmentJudgement) {
        point.next = judged.end
        point.segment = nil
        point.chain = judged.chain
        point.observed = judged.lastObserved ?? point.observed
    }

    /// Offsets of which nothing is left. They are never given again.
    private mutating func markLost(_ offsets: Range<UInt64>) throws {
        guard !offsets.isEmpty else { return }
        let known = sealer.keeper.manifest.damaged.contains { $0.offsets.contains(offsets.lowerBound) }
        if !known {
            try sealer.keeper.change {
                $0.damaged.append(DamageRecord(segment: Offset(offsets.lowerBound), bytes: 0..<0, offsets: offsets))
            }
        }
        point.next = max(point.next, Offset(offsets.upperBound))
        point.segment = nil
    }

    /// Copies what is cut from `position` on, unless it is zeros only.
    private func keepTorn(_ first: Offset, _ bytes: [UInt8], _ position: Int, _ report: inout RecoveryReport) throws {
        let tail = bytes[min(position, bytes.count)...]
        report.tornBytes += tail.count
        guard tail.contains(where: { $0 != 0 }) else { return }
        let path = paths.torn + "/\(first.value)-\(position).\(report.epoch)"
        try disk.replace(path, with: Array(tail.prefix(LogLimits.tornBytes)))
        report.tornCopies.append(path)
    }

    private func setAside(_ path: String, in directory: String, _ epoch: UInt32) throws -> String {
        let target = directory + "/" + StorePaths.name(of: path) + ".\(epoch)"
        try sealer.keeper.exclusively { try disk.rename(path, to: target) }
        return target
    }
}

/// A segment that is not sealed, held against the watermark.
struct SegmentJudgement {
    private(set) var facts = RecoveryFacts()
    /// The frames that count.
    private(set) var frames: [FoundFrame] = []
    /// Where the bytes end that stay.
    private(set) var keep = 0
    /// One past the last offset that is taken, lost ones included.
    private(set) var end: Offset
    private(set) var chain: UInt64 = 0
    private(set) var damaged: [SegmentFault] = []
    private(set) var footer: SegmentFooter?
    /// The append time of its last event; inside a segment they do not go back.
    var lastObserved: Int64? { frames.last?.header.maxObserved.nanoseconds }
    /// The watermark as far as this segment is concerned: nothing below it may be missing.
    private(set) var watermark: Offset

    init(_ bytes: [UInt8]?, store: StoreID, first: Offset, successor: Offset?, watermark: Offset) {
        self.watermark = max(successor ?? watermark, first)
        end = first
        guard let bytes else {
            facts.isDamaged = first < self.watermark
            return
        }
        let walk = bytes.withUnsafeBytes { SegmentWalk($0, store: store, first: first, limit: successor) }
        if successor == nil { self.watermark = max(self.watermark, walk.durableUpTo) }
        facts.isThere = true
        facts.isNewer = walk.isNewer
        facts.isOurs = !walk.isForeign
        // Frames above the watermark whose header never reached the disk are no more than a torn tail.
        let isUnborn = walk.header == nil && first >= self.watermark
        facts.isBorn = walk.header != nil || (!walk.frames.isEmpty && !isUnborn)
        guard !walk.isNewer, !walk.isForeign, !isUnborn else {
            facts.isDamaged = first < self.watermark
            return
        }
        judge(walk, byteCount: bytes.count, first: first)
    }

    private mutating func judge(_ walk: SegmentWalk, byteCount: Int, first: Offset) {
        // A fault that begins above the watermark is where a torn tail begins, whole frames behind it included.
        let cut = walk.faults.first { $0.offsets.lowerBound >= watermark.value }?.bytes.lowerBound ?? byteCount
        frames = walk.frames.filter { $0.position < cut }
        damaged = walk.faults.filter { $0.bytes.lowerBound < cut }
        end = frames.last?.header.endOffset ?? first
        chain = frames.last?.header.hash ?? walk.header?.chainIn ?? 0
        keep = frames.last?.range.upperBound ?? min(SegmentHeader.size, byteCount)
        if walk.header == nil, !frames.isEmpty {
            let reason = walk.headerFault?.message ?? "no header"
            damaged.insert(SegmentFault(bytes: 0..<SegmentHeader.size, offsets: first.value..<first.value, reason: reason), at: 0)
        }
        let above = frames.contains { $0.header.endOffset > watermark }
        if end < watermark {
            // The last frames below the watermark are gone: whatever stands there now stays where it is.
            let stays = max(keep, byteCount)
            damaged.append(SegmentFault(bytes: keep..<stays, offsets: end.value..<watermark.value, reason: walk.tailReason))
            keep = stays
            end = watermark
        }
        facts.isDamaged = !damaged.isEmpty
        if let found = walk.footer, found.first == first, found.end == end, cut == byteCount { footer = found }
        facts.hasFooter = footer != nil
        facts.hasTail = keep < byteCount && footer == nil
        facts.hasFramesAbove = above
    }
}
