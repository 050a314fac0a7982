// What retention leaves of one or more segments: a segment of its own below R, with the kept events at their old offsets, named
// by the old first offset (docs/format/retention.md, "Kept events"). Bytes in memory; nothing is written here.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

struct KeptSegment {
    private(set) var bytes: [UInt8]
    private(set) var record: SegmentRecord

    /// - Parameters:
    ///   - batches: the events, in offset order, at least one.
    ///   - first: where the first segment began that they are from.
    ///   - revision: higher than that of a kept segment that began there before.
    init(_ batches: [EventBatch], _ store: StoreID, epoch: UInt32, first: Offset, chainIn: UInt64, revision: UInt32) throws {
        var writer = KeptFrames(store: store, epoch: epoch, first: first, chain: chainIn)
        var hasher = ContentHasher(first: first)
        for batch in batches {
            hasher.add(batch)
            writer.add(batch)
        }
        writer.flush()
        bytes = writer.bytes
        let end = writer.end
        let job = SealJob(first: first, end: end, keep: bytes.count)
        // What was encoded is decoded here, and must be what was to be kept.
        var summary = try bytes.withUnsafeBytes { try SegmentSummary($0, store: store, job) }
        guard summary.footer.contentHash == hasher.finalize(end: end) else {
            throw LogError(.damaged, "the kept events of segment \(first) do not read back as they were; nothing was removed")
        }
        summary.footer.revision = revision
        bytes += summary.ending(at: job.keep)
        record = summary.record(bytes: bytes.count, fileHash: bytes.withUnsafeBytes { SHA256Digest(of: $0) })
    }
}

/// Frames of kept events, as large as they may be.
private struct KeptFrames {
    private let store: StoreID
    private let epoch: UInt32
    private let first: Offset
    private var chain: UInt64
    private(set) var bytes: [UInt8]
    /// One past the last event.
    private(set) var end: Offset
    private var builder = BatchBuilder()
    private var offsets: [UInt64] = []
    private var gathered = 0

    init(store: StoreID, epoch: UInt32, first: Offset, chain: UInt64) {
        (self.store, self.epoch, self.first, self.chain, end) = (store, epoch, first, chain, first)
        bytes = SegmentHeader(store: store, first: first, chainIn: chain, epoch: epoch).encoded()
    }

    mutating func add(_ batch: EventBatch) {
        let size = batch.approximateBytes
        if builder.rowCount + batch.rowCount > EventLimits.rowsPerBatch || gathered + size > EventLimits.bytesPerBatch { flush() }
        guard builder.append(contentsOf: batch) else {
            flush()
            // One that a builder does not take stays the frame it is.
            return encode(batch)
        }
        gathered += size
        offsets += (0..<batch.rowCount).map { batch.offset(ofRow: $0).value }
    }

    mutating func flush() {
        guard let from = offsets.first, let to = offsets.last else { return }
        var batch = builder.finish()
        batch.firstOffset = Offset(from)
        batch.offsets = to - from == UInt64(offsets.count - 1) ? nil : offsets
        (builder, offsets, gathered) = (BatchBuilder(), [], 0)
        encode(batch)
    }

    private mutating func encode(_ batch: EventBatch) {
        let context = FrameContext(
            store: store, epoch: epoch, segment: first, previousHash: chain, durableUpTo: batch.firstOffset)
        let frame = FrameEncoder.encode(batch, context, effort: .compact)
        guard let header = try? frame.withUnsafeBytes({ try FrameHeader(parsing: $0) }) else {
            preconditionFailure("a frame of \(batch.rowCount) rows at offset \(batch.firstOffset) does not read back")
        }
        chain = header.hash
        bytes += frame
        end = header.endOffset
    }
}
