internal import VarveEvents

/// Collects rows and rejections until a block is full. Rows are written directly to `builder`.
struct BlockAssembler {
    var builder = BatchBuilder()
    /// The number of builders so far: handles of an older one are invalid.
    private(set) var generation = 1
    private(set) var ready: [DecodedBlock] = []
    private(set) var received = 0
    private(set) var rejected = 0
    var keepsRecords = false
    private var records: [SourceRecord] = []
    private var lines: [UInt32] = []
    private var rejections: [Rejection] = []
    private var rejectedBytes = 0
    private var linesCovered = 0
    private var bytesCovered: UInt64 = 0

    var isEmpty: Bool { builder.rowCount == 0 && rejections.isEmpty }

    /// Whether the current row keeps the batch within its limits.
    var rowFits: Bool {
        builder.byteCount <= EventLimits.bytesPerBatch && builder.columnCount <= EventLimits.columnsPerBatch
    }

    /// Completes the current row, which must fit.
    @inline(__always)
    mutating func endRow(line: Int, observed: Int64?, record: UnsafeRawBufferPointer, offset: UInt64) {
        builder.endRow(observed: observed)
        if keepsRecords { records.append(SourceRecord(offset: offset, bytes: Array(record))) }
        lines.append(UInt32(clamping: line))
        received += 1
        if builder.isFull { close() }
    }

    /// Completes rows that are already in the builder, one from each line up to `lastLine`.
    mutating func endRows(_ count: Int, lastLine: Int) {
        let first = lastLine - count + 1
        lines.append(
            contentsOf: [UInt32](unsafeUninitializedCapacity: count) { target, made in
                for index in 0..<count { target.initializeElement(at: index, to: UInt32(clamping: first &+ index)) }
                made = count
            })
        received += count
        if builder.isFull { close() }
    }

    mutating func reject(_ rejection: Rejection) {
        rejections.append(rejection)
        rejectedBytes += rejection.bytes.count
        received += 1
        rejected += 1
        if rejections.count >= WireLimits.rejectionsPerBlock || rejectedBytes >= WireLimits.rejectedBytesPerBlock { close() }
    }

    /// Everything before this position has been decoded.
    mutating func cover(lines: Int, bytes: UInt64) {
        linesCovered = lines
        bytesCovered = bytes
    }

    /// Completes the current block.
    mutating func close() {
        guard !isEmpty else { return }
        let batch = builder.rowCount > 0 ? builder.finish() : nil
        ready.append(
            DecodedBlock(
                batch: batch, lines: lines, rejections: rejections, linesCovered: linesCovered, bytesCovered: bytesCovered,
                records: records))
        records.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        rejections.removeAll()
        rejectedBytes = 0
        if builder.columnCount >= EventLimits.columnsPerBatch { renewBuilder() }
    }

    /// Discards all columns, if a batch has too many.
    mutating func renewBuilder() {
        builder = BatchBuilder()
        generation += 1
    }

    /// The current row does not fit: drops it and completes the block before it. The caller must read the record again.
    mutating func restart() {
        builder.discardRow()
        close()
        renewBuilder()
    }

    static let tooLarge = Problem(
        .eventTooLarge, "the event is larger than a whole batch may be (\(EventLimits.bytesPerBatch) bytes)")

    /// Takes all that another one holds.
    mutating func take(_ other: inout BlockAssembler) {
        other.close()
        close()
        ready += other.ready
        received += other.received
        rejected += other.rejected
        other = BlockAssembler()
    }

    mutating func takeReady() -> DecodedBlock? {
        ready.isEmpty ? nil : ready.removeFirst()
    }
}
