// The record of one segment for a rebuilt manifest: from its footer, or from its frames.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

struct RebuiltSegment {
    /// Nil when nothing shows that the segment was sealed; recovery then handles it like any unsealed segment.
    private(set) var record: SegmentRecord?
    /// The ranges that are not intact frames and that the footer does not record.
    private(set) var faults: [SegmentFault] = []
    /// The highest epoch in it.
    private(set) var epoch: UInt32 = 0
    private(set) var chainIn: UInt64?

    /// - Parameters:
    ///   - successor: the first offset of the next existing segment.
    ///   - wasSealed: whether it had a footer, readable or not.
    init(
        _ first: Offset, _ store: StoreID, _ successor: Offset?, wasSealed: Bool, _ disk: any Disk, _ paths: StorePaths
    ) throws {
        let path = paths.segment(first)
        let bytes = try disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        let nextChain = try successor.flatMap { try Self.chainIn($0, store, disk, paths) }
        try bytes.withUnsafeBytes { raw in
            let walk = SegmentWalk(raw, store: store, first: first, limit: successor)
            if walk.isNewer { throw LogError(.newerFormat, "\(path) was written by a newer version of this program") }
            epoch = walk.frames.reduce(walk.header?.epoch ?? 0) { max($0, $1.header.context.epoch) }
            chainIn = walk.chainIn
            if let footer = SegmentFooter(endOf: raw), footer.first == first, footer.end <= successor ?? footer.end {
                record = footer.record(bytes: raw.count, fileHash: SHA256Digest(of: raw))
            } else if let successor, !walk.frames.isEmpty, wasSealed || Self.wasRewritten(walk, nextChain) {
                read(walk, raw, first, successor, nextChain)
            }
        }
    }

    /// Whether the next segment's chain-in differs from the last frame's hash. That happens only to sealed segments, when they
    /// are rewritten.
    private static func wasRewritten(_ walk: SegmentWalk, _ nextChain: UInt64?) -> Bool {
        guard let nextChain, let last = walk.frames.last else { return false }
        return walk.faults.isEmpty && nextChain != last.header.hash
    }

    private static func chainIn(
        _ first: Offset, _ store: StoreID, _ disk: any Disk, _ paths: StorePaths
    ) throws -> UInt64? {
        let file = try disk.openFile(paths.segment(first))
        if case .success(let header)? = SegmentClaim.header(try file.read(SegmentHeader.size, at: 0)) {
            return header.store == store ? header.chainIn : nil
        }
        let bytes = try file.readAll(limit: LogLimits.segmentBytes)
        return bytes.withUnsafeBytes { SegmentWalk($0, store: store, first: first).chainIn }
    }

    /// Builds the record without a footer: the frames give the content, and the next segment the end.
    private mutating func read(
        _ walk: SegmentWalk, _ raw: UnsafeRawBufferPointer, _ first: Offset, _ end: Offset, _ nextChain: UInt64?
    ) {
        var builder = SummaryBuilder(first: first, keepsIDs: false)
        faults = walk.faults
        for frame in walk.frames {
            let bytes = UnsafeRawBufferPointer(rebasing: raw[frame.range])
            guard let batch = try? FrameDecoder.decode(bytes, frame.header, select: .all) else {
                let offsets = frame.header.firstOffset.value..<frame.header.endOffset.value
                faults.append(SegmentFault(bytes: frame.range, offsets: offsets, reason: "the frame does not decode"))
                continue
            }
            builder.add(batch, frame.header, at: frame.position)
        }
        if walk.end < end {
            let reason = walk.tailReason.isEmpty ? "the file ends too early" : walk.tailReason
            faults.append(SegmentFault(bytes: walk.tail, offsets: walk.end.value..<end.value, reason: reason))
        }
        // A rewrite changes the last frame's hash but not the chain-in of the next segment.
        let chainOut = nextChain ?? walk.frames.last?.header.hash ?? 0
        var summary = builder.finish(end: end, chainIn: chainIn ?? 0, chainOut: chainOut, flags: faults.isEmpty ? 0 : 1)
        if Self.wasRewritten(walk, nextChain) { summary.footer.revision = 1 }
        record = summary.record(bytes: raw.count, fileHash: SHA256Digest(of: raw))
    }
}
