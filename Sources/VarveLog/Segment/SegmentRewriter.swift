// Rewrites a sealed segment with large frames: same events, same offsets, same name, chain-in and chain-out.
//
//     old file ──▶ frame, verified, decoded ──▶ gathered rows ──▶ frame ──▶ new file ──▶ read back, decoded, hashed, compared
//
// Memory holds one frame of the old file, the rows of one frame of the new file, and the footer's data of each frame.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// The result of rewriting a segment into a new file, which is durable and verified.
struct RewrittenSegment {
    var record: SegmentRecord
    var framesBefore: Int
    var frames: Int
    /// The largest number of rows held in memory at once.
    var rowsHeld: Int
}

struct SegmentRewriter {
    private let store: StoreID
    private let record: SegmentRecord
    private let file: DiskFile
    private var frames: FrameRewriter
    private var position = 0
    private var written: [FramePlace] = []

    /// Rewrites the segment of `record` from `source` into the empty `file`, with frames of up to `frameRows` rows.
    ///
    /// - Throws: `.damaged` when the source is damaged or the result does not hold the same events.
    static func rewrite(
        _ source: DiskFile, into file: DiskFile, _ store: StoreID, _ record: SegmentRecord,
        frameRows: Int = EventLimits.rowsPerBatch
    ) throws -> RewrittenSegment {
        do {
            let footer = try FrameBuffer().footer(source)
            let header = try source.read(SegmentHeader.size, at: 0)
            let parsed = try header.withUnsafeBytes { try SegmentHeader(parsing: $0) }
            guard parsed.store == store, parsed.first == record.first, footer.first == record.first, footer.end == record.end,
                footer.contentHash == record.contentHash, footer.rows == record.rows, !record.isDamaged
            else { throw FormatError(.malformed, "header, footer and manifest do not agree") }
            var rewriter = SegmentRewriter(file, store, record, frameRows)
            try rewriter.write(header)
            let places = footer.frames.map { FramePlace(position: $0.position, size: Int($0.size)) }
            var old = FrameSequence(source, places, store, record, from: SegmentHeader.size)
            while let (bytes, frame, _) = try old.next() {
                try rewriter.put(rewriter.frames.add(bytes, frame))
            }
            guard old.end == footer.framesEnd else { throw FormatError(.malformed, "bytes between frames and footer") }
            try rewriter.put(rewriter.frames.flush())
            return try rewriter.finish(framesBefore: places.count)
        } catch let error as FormatError {
            throw LogError(.damaged, "segment \(record.first) is damaged, so it is not rewritten: \(error.message)")
        }
    }

    private init(_ file: DiskFile, _ store: StoreID, _ record: SegmentRecord, _ frameRows: Int) {
        self.file = file
        self.store = store
        self.record = record
        frames = FrameRewriter(
            store: store, segment: record.first, chain: record.chainIn, effort: .compact, frameRows: frameRows)
    }

    private mutating func write(_ bytes: [UInt8]) throws {
        try file.write(bytes, at: UInt64(position))
        position += bytes.count
    }

    private mutating func put(_ made: [[UInt8]]) throws {
        for frame in made {
            written.append(FramePlace(position: UInt64(position), size: frame.count))
            try write(frame)
        }
    }

    /// Syncs the frames, reads them back and compares them with the original segment; then writes the footer.
    private mutating func finish(framesBefore: Int) throws -> RewrittenSegment {
        try file.syncData()
        var hasher = SHA256Hasher()
        hasher.update(try file.read(SegmentHeader.size, at: 0))
        var builder = SummaryBuilder(first: record.first, keepsIDs: false)
        var new = FrameSequence(file, written, store, record, from: SegmentHeader.size)
        while let (bytes, frame, start) = try new.next() {
            hasher.update(bytes)
            builder.add(try FrameDecoder.decode(bytes, frame, select: .all), frame, at: start)
        }
        var summary = builder.finish(end: record.end, chainIn: record.chainIn, chainOut: record.chainOut)
        guard summary.footer.contentHash == record.contentHash, summary.footer.rows == record.rows,
            summary.footer.ids == record.ids
        else {
            throw LogError(
                .damaged, "segment \(record.first) would not hold the same events after rewriting; the old one stays")
        }
        summary.footer.revision = record.revision + 1
        let start = position
        let footer = summary.ending(at: start)
        try write(footer)
        try file.syncData()
        guard try file.read(footer.count + 1, at: UInt64(start)) == footer else {
            throw LogError(.inputOutput, "\(file.path) does not read back as it was written; the old segment stays")
        }
        hasher.update(footer)
        return RewrittenSegment(
            record: summary.record(bytes: position, fileHash: hasher.finalize()), framesBefore: framesBefore,
            frames: written.count, rowsHeld: frames.rowsHeld)
    }
}

/// The position of a frame in its file.
struct FramePlace: Hashable, Sendable {
    var position: UInt64
    var size: Int
}

/// Reads the frames of a sealed segment in order into reused memory. Any deviation from what was written is an error.
private struct FrameSequence {
    private let file: DiskFile
    private let places: [FramePlace]
    private let store: StoreID
    private let record: SegmentRecord
    private let buffer = FrameBuffer()
    private var index = 0
    private var chain: UInt64
    /// The end of the frames read so far.
    private(set) var end: UInt64

    init(_ file: DiskFile, _ places: [FramePlace], _ store: StoreID, _ record: SegmentRecord, from start: Int) {
        self.file = file
        self.places = places
        self.store = store
        self.record = record
        chain = record.chainIn
        end = UInt64(start)
    }

    /// The next frame with its header and position. The bytes are valid until the next call.
    mutating func next() throws -> (UnsafeRawBufferPointer, FrameHeader, Int)? {
        guard index < places.count else { return nil }
        let place = places[index]
        guard place.position == end, place.size >= FrameHeader.fixedSize, place.size <= FrameHeader.sizeMax else {
            throw FormatError(.malformed, "a frame of \(place.size) bytes at byte \(place.position), expected at \(end)")
        }
        let bytes = try buffer.bytes(file, at: place.position, count: place.size)
        let header = try FrameHeader(parsing: bytes)
        guard header.context.store == store, header.context.segment == record.first, header.context.previousHash == chain,
            header.frameSize == place.size, header.firstOffset >= record.first, header.endOffset <= record.end
        else { throw FormatError(.malformed, "the frame at byte \(place.position) does not belong there") }
        try FrameDecoder.verify(bytes, header)
        index += 1
        end += UInt64(place.size)
        chain = header.hash
        return (bytes, header, Int(place.position))
    }
}
