// What retention keeps of one or more segments: a segment below R with the kept events at their original offsets, named by the
// original first offset (docs/format/retention.md, "Kept events"). Encoded in memory; this code writes no file.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

struct KeptSegment {
    private(set) var bytes: [UInt8]
    private(set) var record: SegmentRecord

    /// - Parameters:
    ///   - batches: the events, in offset order, at least one.
    ///   - first: the first offset of the first segment that they come from.
    ///   - revision: higher than that of an earlier kept segment with the same first offset.
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
        // Decode what was encoded and verify that it is what was to be kept.
        var summary = try bytes.withUnsafeBytes { try SegmentSummary($0, store: store, job) }
        guard summary.footer.contentHash == hasher.finalize(end: end) else {
            throw LogError(.damaged, "the kept events of segment \(first) do not read back as written; nothing was removed")
        }
        summary.footer.revision = revision
        bytes += summary.ending(at: job.keep)
        record = summary.record(bytes: bytes.count, fileHash: bytes.withUnsafeBytes { SHA256Digest(of: $0) })
    }
}

/// Builds frames of kept events, each as large as the limits allow.
private struct KeptFrames {
    private let store: StoreID
    private let epoch: UInt32
    private let first: Offset
    private var chain: UInt64
    private(set) var bytes: [UInt8]
    /// One past the last offset.
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
            // A batch that the builder cannot take becomes a frame of its own.
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
