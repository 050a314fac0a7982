// Rewrites frames: compaction merges them; backup and restore copy those of unsealed segments, or cut them at an offset. A
// rewritten frame keeps the metadata besides its events: the append entries, the writer's epoch, and the watermark. Pure:
// frames in, frames out.

internal import VarveBatchFormat
internal import VarveEvents

struct FrameRewriter {
    private let store: StoreID
    private let segment: Offset
    private let frameRows: Int
    private let effort: FrameEffort
    /// The hash of the last frame written.
    private(set) var chain: UInt64
    /// The largest number of rows held in memory at once.
    private(set) var rowsHeld = 0
    private var gathered = GatheredFrames()

    /// - Parameters:
    ///   - segment: the first offset of the segment that the frames are for.
    ///   - chain: the previous hash of the segment's first frame.
    init(
        store: StoreID, segment: Offset, chain: UInt64, effort: FrameEffort, frameRows: Int = EventLimits.rowsPerBatch
    ) {
        (self.store, self.segment, self.chain, self.effort, self.frameRows) = (store, segment, chain, effort, frameRows)
    }

    /// Adds the frame `raw` and returns the frames that are now complete.
    mutating func add(_ raw: UnsafeRawBufferPointer, _ header: FrameHeader) throws -> [[UInt8]] {
        add(try FrameDecoder.decode(raw, header, select: .all), header, try FrameDecoder.appends(raw, header))
    }

    /// Adds the rows of a frame below offset `end`.
    mutating func add(_ raw: UnsafeRawBufferPointer, _ header: FrameHeader, below end: Offset) throws -> [[UInt8]] {
        let batch = try FrameDecoder.decode(raw, header, select: .all)
        guard let part = header.endOffset > end ? batch.clipped(to: 0..<end.value) : batch else { return [] }
        return add(part, header, try FrameDecoder.appends(raw, header))
    }

    /// Adds rows, split where an output frame is full.
    private mutating func add(_ batch: EventBatch, _ header: FrameHeader, _ appends: [AppendEntry]) -> [[UInt8]] {
        var made: [[UInt8]] = []
        gathered.note(header)
        rowsHeld = max(rowsHeld, gathered.rows + batch.rowCount)
        var appends = appends[...]
        var start = 0
        while start < batch.rowCount {
            let room = frameRows - gathered.rows
            let count = min(room, batch.rowCount - start)
            let part = batch.slice(rows: start..<(start + count))
            if gathered.fits(part), gathered.append(part) {
                gathered.add(&appends, rows: count)
                start += count
                if gathered.rows == frameRows { made += flush() }
            } else if gathered.rows > 0 {
                made += flush()
                gathered.note(header)
            } else {
                // A batch that the builder cannot take becomes a frame of its own.
                gathered.add(&appends, rows: count)
                made.append(encode(part, header.context.epoch, header.context.durableUpTo, gathered.takeAppends()))
                start += count
            }
            if start > 0, start < batch.rowCount, gathered.rows == 0 { gathered.note(header) }
        }
        return made
    }

    /// Returns the remaining rows as one frame, if there are any.
    mutating func flush() -> [[UInt8]] {
        guard gathered.rows > 0 else { return [] }
        let (batch, epoch, durable, appends) = gathered.take()
        return [encode(batch, epoch, durable, appends)]
    }

    private mutating func encode(_ batch: EventBatch, _ epoch: UInt32, _ durable: Offset, _ appends: [AppendEntry]) -> [UInt8] {
        let context = FrameContext(store: store, epoch: epoch, segment: segment, previousHash: chain, durableUpTo: durable)
        let frame = FrameEncoder.encode(batch, context, appends: appends, effort: effort)
        guard let header = try? frame.withUnsafeBytes({ try FrameHeader(parsing: $0) }) else {
            preconditionFailure("a frame of \(batch.rowCount) rows at offset \(batch.firstOffset) does not read back")
        }
        chain = header.hash
        return frame
    }
}

extension AppendEntry {
    /// Whether both are parts of the same append of a producer.
    func isPart(of other: AppendEntry) -> Bool {
        producer != 0 && producer == other.producer && epoch == other.epoch && sequence == other.sequence
    }
}
