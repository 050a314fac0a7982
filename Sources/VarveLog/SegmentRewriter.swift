// A sealed segment as one with large frames: the same events at the same offsets under the same name, chain-in and chain-out.
// Bytes in, bytes out; nothing is written here.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// A segment that was rewritten in memory.
struct RewrittenSegment {
    var bytes: [UInt8]
    var record: SegmentRecord
    var frames: Int
}

struct SegmentRewriter {
    private let store: StoreID
    private let record: SegmentRecord
    private var out: [UInt8]
    private var chain: UInt64
    private var frames = 0
    private var gathered = GatheredFrames()

    /// Rewrites `raw`, the whole file of the segment that `record` describes, and holds the result against the record.
    ///
    /// - Throws: `.damaged` when the file is not sound or the result is not the same events.
    static func rewrite(_ raw: UnsafeRawBufferPointer, _ store: StoreID, _ record: SegmentRecord) throws -> RewrittenSegment {
        let walk = SegmentWalk(raw, store: store, first: record.first, limit: record.end)
        guard walk.faults.isEmpty, let footer = walk.footer, walk.header != nil, footer.contentHash == record.contentHash,
            !record.isDamaged
        else { throw LogError(.damaged, "segment \(record.first) is damaged; it is not rewritten: run varve log verify") }
        var rewriter = SegmentRewriter(raw, store, record)
        for frame in walk.frames {
            let bytes = UnsafeRawBufferPointer(rebasing: raw[frame.range])
            let batch = try FrameDecoder.decode(bytes, frame.header, select: .all)
            rewriter.add(batch, frame.header, try FrameDecoder.appends(bytes, frame.header))
        }
        rewriter.flush()
        return try rewriter.finished()
    }

    private init(_ raw: UnsafeRawBufferPointer, _ store: StoreID, _ record: SegmentRecord) {
        self.store = store
        self.record = record
        out = Array(raw[0..<SegmentHeader.size])
        chain = record.chainIn
    }

    /// Adds a frame, in pieces where a new frame ends inside it.
    private mutating func add(_ batch: EventBatch, _ header: FrameHeader, _ appends: [AppendEntry]) {
        gathered.note(header)
        var appends = appends[...]
        var start = 0
        while start < batch.rowCount {
            let room = EventLimits.rowsPerBatch - gathered.rows
            let count = min(room, batch.rowCount - start)
            let part = batch.slice(rows: start..<(start + count))
            if gathered.fits(part), gathered.append(part) {
                gathered.add(&appends, rows: count)
                start += count
                if gathered.rows == EventLimits.rowsPerBatch { flush() }
            } else if gathered.rows > 0 {
                flush()
                gathered.note(header)
            } else {
                // A frame that a builder does not take stays the frame it is.
                gathered.add(&appends, rows: count)
                encode(part, header, gathered.takeAppends())
                start += count
            }
            if start > 0, start < batch.rowCount, gathered.rows == 0 { gathered.note(header) }
        }
    }

    private mutating func flush() {
        guard gathered.rows > 0 else { return }
        let (batch, epoch, durable, appends) = gathered.take()
        encode(batch, epoch, durable, appends)
    }

    private mutating func encode(_ batch: EventBatch, _ header: FrameHeader, _ appends: [AppendEntry]) {
        encode(batch, header.context.epoch, header.context.durableUpTo, appends)
    }

    private mutating func encode(_ batch: EventBatch, _ epoch: UInt32, _ durable: Offset, _ appends: [AppendEntry]) {
        let context = FrameContext(
            store: store, epoch: epoch, segment: record.first, previousHash: chain, durableUpTo: durable)
        let frame = FrameEncoder.encode(batch, context, appends: appends, effort: .compact)
        guard let header = try? frame.withUnsafeBytes({ try FrameHeader(parsing: $0) }) else {
            preconditionFailure("a frame of \(batch.rowCount) rows at offset \(batch.firstOffset) does not read back")
        }
        chain = header.hash
        frames += 1
        out += frame
    }

    /// Decodes what was encoded and compares it with what the segment was.
    private mutating func finished() throws -> RewrittenSegment {
        let keep = out.count
        let job = SealJob(first: record.first, end: record.end, keep: keep)
        var summary = try out.withUnsafeBytes { try SegmentSummary($0, store: store, job) }
        guard summary.footer.contentHash == record.contentHash, summary.footer.rows == record.rows,
            summary.footer.ids == record.ids, summary.footer.chainIn == record.chainIn
        else {
            throw LogError(
                .damaged, "segment \(record.first) would not hold the same events after rewriting; the old one stays")
        }
        summary.footer.chainOut = record.chainOut
        summary.footer.revision = record.revision + 1
        out += summary.ending(at: keep)
        let hash = out.withUnsafeBytes { SHA256Digest(of: $0) }
        return RewrittenSegment(bytes: out, record: summary.record(job, bytes: out.count, fileHash: hash), frames: frames)
    }
}

/// Frames being merged.
private struct GatheredFrames {
    private var builder = BatchBuilder()
    private var offsets: [UInt64] = []
    private var bytes = 0
    private var epoch: UInt32 = 0
    private var durable = Offset(0)
    private var appends: [AppendEntry] = []

    var rows: Int { builder.rowCount }

    mutating func note(_ header: FrameHeader) {
        epoch = max(epoch, header.context.epoch)
        durable = max(durable, header.context.durableUpTo)
    }

    /// The appends of the next `rows` rows, cut where a frame ends. Rows of a frame that names none are nobody's.
    mutating func add(_ more: inout ArraySlice<AppendEntry>, rows: Int) {
        var left = UInt32(rows)
        while left > 0 {
            var entry = more.first ?? AppendEntry(producer: 0, epoch: 0, sequence: 0, rows: left)
            let taken = min(left, entry.rows)
            if entry.rows > taken {
                more[more.startIndex].rows -= taken
            } else if !more.isEmpty {
                more.removeFirst()
            }
            entry.rows = taken
            left -= taken
            if let last = appends.last, last.producer == 0, entry.producer == 0 {
                appends[appends.count - 1].rows += taken
            } else if taken > 0 {
                appends.append(entry)
            }
        }
    }

    mutating func takeAppends() -> [AppendEntry] {
        defer { appends = [] }
        return appends.allSatisfy { $0.producer == 0 } ? [] : appends
    }

    func fits(_ batch: EventBatch) -> Bool {
        rows == 0 || bytes + batch.approximateBytes <= EventLimits.bytesPerBatch
    }

    mutating func append(_ batch: EventBatch) -> Bool {
        guard builder.append(contentsOf: batch) else { return false }
        bytes += batch.approximateBytes
        offsets += (0..<batch.rowCount).map { batch.offset(ofRow: $0).value }
        return true
    }

    mutating func take() -> (EventBatch, UInt32, Offset, [AppendEntry]) {
        var batch = builder.finish()
        batch.firstOffset = Offset(offsets[0])
        let isDense = offsets[offsets.count - 1] - offsets[0] == UInt64(offsets.count - 1)
        batch.offsets = isDense ? nil : offsets
        let taken = (batch, epoch, durable, takeAppends())
        self = GatheredFrames()
        return taken
    }
}
