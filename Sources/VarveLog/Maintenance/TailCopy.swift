// Copies the events that are in no sealed segment of a copy: those of the source's unsealed segments and, in a restore up to an
// offset, those of the segment that contains the offset. Their frames are written again, by the code that compaction uses, into
// segments without a footer. At a recorded gap in the offsets, a segment ends and the next begins after the gap, as a writer
// would do it.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

struct TailCopy {
    private let copying: Copying
    private let layout: LogLayout
    private let end: Offset
    /// All offsets below are in the copy or known to be lost.
    private var next: Offset
    private var chain: UInt64
    private var open: Piece?
    /// First offsets of the segments that were written.
    private(set) var begun: [Offset] = []
    private(set) var bytes: UInt64 = 0

    /// A segment being assembled.
    private struct Piece {
        var first: Offset
        var bytes: [UInt8]
        var frames: FrameRewriter

        mutating func add(_ raw: UnsafeRawBufferPointer, _ header: FrameHeader, below end: Offset) throws {
            for made in try frames.add(raw, header, below: end) { bytes += made }
        }
    }

    init(_ copying: Copying, _ layout: LogLayout, next: Offset, end: Offset, chain: UInt64) {
        (self.copying, self.layout, self.next, self.end, self.chain) = (copying, layout, next, end, chain)
    }

    /// - Throws: `.damaged` when events are missing that are not recorded as lost.
    mutating func run() throws {
        let from = next
        let cutOne = layout.manifest.segments.first { $0.first >= from && $0.first < end && $0.end > end }
        let starts = (cutOne.map { [$0.first] } ?? layout.unsealed).filter { $0 >= from && $0 < end }
        for (index, first) in starts.enumerated() {
            try copy(first, limit: cutOne?.end ?? (index + 1 < starts.count ? starts[index + 1] : nil))
            try close()
        }
        // A wrong watermark may be below the end of the sealed segments.
        if next < end { try check(next..<end) }
    }

    private mutating func copy(_ first: Offset, limit: Offset?) throws {
        let path = copying.source.segment(first)
        let file = try copying.disk.openFile(path).readAll(limit: LogLimits.segmentBytes)
        try file.withUnsafeBytes { raw in
            let walk = SegmentWalk(raw, store: layout.manifest.store, first: first, limit: limit)
            if walk.isNewer { throw LogError(.newerFormat, "\(path) was written by a newer version of this program") }
            for frame in walk.frames where frame.header.firstOffset < end && frame.header.endOffset > next {
                let header = frame.header
                guard header.firstOffset >= next else {
                    throw LogError(.damaged, "\(path): the frame at offset \(header.firstOffset) begins before offset \(next)")
                }
                if header.firstOffset > next || open == nil {
                    try check(next..<header.firstOffset)
                    try close()
                    begin(header.firstOffset, walk.header?.epoch ?? header.context.epoch)
                }
                let part = UnsafeRawBufferPointer(rebasing: raw[frame.range])
                try add(part, header)
            }
        }
    }

    private mutating func add(_ frame: UnsafeRawBufferPointer, _ header: FrameHeader) throws {
        guard var piece = open.take() else { return }
        try piece.add(frame, header, below: end)
        open = piece
        next = min(header.endOffset, end)
    }

    private mutating func begin(_ first: Offset, _ epoch: UInt32) {
        let store = layout.manifest.store
        open = Piece(
            first: first, bytes: SegmentHeader(store: store, first: first, chainIn: chain, epoch: epoch).encoded(),
            frames: FrameRewriter(store: store, segment: first, chain: chain, effort: .ingest))
    }

    private mutating func close() throws {
        guard var piece = open else { return }
        open = nil
        for made in piece.frames.flush() { piece.bytes += made }
        chain = piece.frames.chain
        try copying.disk.replace(copying.target.segment(piece.first), with: piece.bytes)
        begun.append(piece.first)
        bytes += UInt64(piece.bytes.count)
    }

    /// Throws if an offset of the range is neither in a segment nor recorded as lost.
    private func check(_ offsets: Range<Offset>) throws {
        var position = offsets.lowerBound.value
        while position < offsets.upperBound.value {
            guard let known = layout.manifest.damaged.first(where: { $0.offsets.contains(position) }) else {
                throw LogError(
                    .damaged,
                    "offsets \(position) ..< \(offsets.upperBound) of \(copying.source.root) are damaged: run varve "
                        + "log verify")
            }
            position = known.offsets.upperBound
        }
    }
}

extension DamageRecord {
    /// The part of this record that lies in a log ending at `end`; nil when none does.
    func clipped(below end: Offset) -> DamageRecord? {
        guard offsets.lowerBound < end.value else { return nil }
        var record = self
        record.offsets = offsets.lowerBound..<min(offsets.upperBound, end.value)
        return record
    }
}
