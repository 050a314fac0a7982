// Recovers the unsealed segments one after the other: collect facts, find the row of the table, act.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

struct SegmentRecovery {
    let disk: any Disk
    let paths: StorePaths
    let sealer: Sealer
    /// The published watermark. Frames may prove that the true one was higher.
    let watermark: Offset
    /// Where appends would continue after the segments recovered so far.
    var point: PlanPoint
    /// The ids in the segment that stays active.
    private(set) var activeIDs: [IDEntry] = []
    /// The appends in the segment that stays active, frame by frame.
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
        let assessment = SegmentAssessment(
            bytes, store: sealer.manifestStore.manifest.store, first: first, successor: successor, watermark: watermark)
        let row = RecoveryCase(assessment.facts)
        report.cases.append((first.value, row.rawValue))
        switch row {
        case .newer:
            throw LogError(.newerFormat, "\(path) was written by a newer version of this program; nothing was changed")
        case .absent: break
        case .lost: try markLost(first.value..<assessment.watermark.value)
        case .foreign, .foreignLost, .erased:
            report.quarantined.append(try setAside(path, in: paths.quarantine, report.epoch))
            if row != .foreign { try markLost(first.value..<assessment.watermark.value) }
        case .unborn:
            try keepTorn(first, bytes ?? [], 0, &report)
            try sealer.manifestStore.exclusively { try disk.remove(path) }
        case .damaged:
            try keepTorn(first, bytes ?? [], assessment.keep, &report)
            try retire(first, assessment)
        case .sealed: try adopt(first, bytes ?? [], assessment)
        case .clean, .unpublished, .torn:
            try activate(first, bytes ?? [], assessment, row, isLast: successor == nil, &report)
        }
    }

    /// Writes an undamaged segment to a new file, which becomes the active one, or is sealed when it has a successor.
    private mutating func activate(
        _ first: Offset, _ bytes: [UInt8], _ assessment: SegmentAssessment, _ row: RecoveryCase, isLast: Bool,
        _ report: inout RecoveryReport
    ) throws {
        if row == .torn { try keepTorn(first, bytes, assessment.keep, &report) }
        point.next = assessment.end
        point.chain = assessment.chain
        point.observed = assessment.lastObserved ?? point.observed
        guard isLast else {
            try sealer.seal(SealJob(first: first, end: assessment.end, keep: assessment.keep, mustCopy: true))
            return
        }
        // Always write a new file. Bytes that an earlier process failed to sync may look fine in the page cache without being
        // on disk, and an earlier writer that is still running writes into the file it has open.
        let whole = Array(bytes[0..<assessment.keep])
        try sealer.manifestStore.exclusively { try disk.replace(paths.segment(first), with: whole) }
        point.segment = first
        point.bytes = assessment.keep
        point.rows = assessment.frames.reduce(0) { $0 + $1.header.rowCount }
        point.begun = assessment.frames.first?.header.minObserved.nanoseconds
        try bytes.withUnsafeBytes { raw in
            for frame in assessment.frames {
                activeIDs += try frameIDs(raw, frame)
                let entries = try frameAppends(raw, frame)
                if !entries.isEmpty { activeAppends.append((frame.header.firstOffset, entries)) }
            }
        }
    }

    private mutating func adopt(_ first: Offset, _ bytes: [UInt8], _ assessment: SegmentAssessment) throws {
        guard let footer = assessment.footer else { preconditionFailure("segment \(first) is sealed without a footer") }
        try sealer.adopt(first, bytes, footer)
        advance(past: assessment)
    }

    /// Ends a damaged segment: it keeps every byte below the watermark, gets a footer that lists its intact frames, and takes
    /// no more events.
    private mutating func retire(_ first: Offset, _ assessment: SegmentAssessment) throws {
        try sealer.seal(
            SealJob(first: first, end: assessment.end, keep: assessment.keep, mustCopy: true, damaged: assessment.damaged))
        advance(past: assessment)
    }

    private mutating func advance(past assessment: SegmentAssessment) {
        point.next = assessment.end
        point.segment = nil
        point.chain = assessment.chain
        point.observed = assessment.lastObserved ?? point.observed
    }

    /// Records offsets as lost. They are never assigned again.
    private mutating func markLost(_ offsets: Range<UInt64>) throws {
        guard !offsets.isEmpty else { return }
        let known = sealer.manifestStore.manifest.damaged.contains { $0.offsets.contains(offsets.lowerBound) }
        if !known {
            try sealer.manifestStore.change {
                $0.damaged.append(DamageRecord(segment: Offset(offsets.lowerBound), bytes: 0..<0, offsets: offsets))
            }
        }
        point.next = max(point.next, Offset(offsets.upperBound))
        point.segment = nil
    }

    /// Copies the bytes that are cut from `position` on, unless they are all zero.
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
        try sealer.manifestStore.exclusively { try disk.rename(path, to: target) }
        return target
    }
}

/// An unsealed segment, compared with the watermark.
struct SegmentAssessment {
    private(set) var facts = RecoveryFacts()
    /// The frames to keep.
    private(set) var frames: [FoundFrame] = []
    /// The end of the bytes to keep.
    private(set) var keep = 0
    /// One past the last assigned offset, lost ones included.
    private(set) var end: Offset
    private(set) var chain: UInt64 = 0
    private(set) var damaged: [SegmentFault] = []
    private(set) var footer: SegmentFooter?
    /// The append time of its last event. Append times do not decrease within a segment.
    var lastObserved: Int64? { frames.last?.header.maxObserved.nanoseconds }
    /// The watermark as it applies to this segment: no offset below it may be missing.
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
        facts.exists = true
        facts.isNewer = walk.isNewer
        facts.isOurs = !walk.isForeign
        // Frames above the watermark whose segment header never reached the disk are only a torn tail.
        let wasNeverStarted = walk.header == nil && first >= self.watermark
        facts.hasContent = walk.header != nil || (!walk.frames.isEmpty && !wasNeverStarted)
        guard !walk.isNewer, !walk.isForeign, !wasNeverStarted else {
            facts.isDamaged = first < self.watermark
            return
        }
        assess(walk, byteCount: bytes.count, first: first)
    }

    private mutating func assess(_ walk: SegmentWalk, byteCount: Int, first: Offset) {
        // A fault that begins above the watermark is the start of a torn tail, even if intact frames follow it.
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
            // The last frames below the watermark are gone. Keep the bytes in their place as they are.
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
