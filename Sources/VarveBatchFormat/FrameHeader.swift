// The fixed part of a frame, which is read and verified before anything else. Little-endian.
//
//      0       4     6     8                              24          32       36
//     ┌───────┬─────┬─────┬──────────────────────────────┬───────────┬────────┬────────┐
//     │ magic │ ver │flags│ store id <16b>               │ segment   │ epoch  │ rows   │
//     ├───────┴─────┴─────┴──┬───────────────┬───────────┴───┬───────┴────────┼────────┘
//     │ 40 first offset <8b> │ 48 end offset │ 56 previous   │ 64 durable up  │
//     ├──────────────────────┼───────────────┤    hash <8b>  │    to <8b>     │
//     │ 72 min time <8b>     │ 80 max time   ├───────────────┼────────────────┤
//     ├──────────────────────┼───────────────┤ 88 min obs.   │ 96 max obs.    │
//     │ 104 size │ 108 dir   │ 112 directory ├───────────────┴────────────────┘
//     │     <4b> │  size <4b>│     hash <8b> │ 120 header hash <8b>: XXH3-64 of bytes 0 ..< 120
//     └──────────┴───────────┴───────────────┘ 128
//
// The header hash covers the directory's hash, which covers each column's. So one 8-byte value stands for the whole frame; the
// next frame stores it as `previous hash`. An all-zero header is invalid because the magic is missing.

public import VarveEvents
internal import VarveHash

/// A verified frame header.
public struct FrameHeader: Hashable, Sendable {
    /// Bytes to read before anything about a frame is known.
    public static let fixedSize = 128
    /// The largest valid frame size.
    public static let sizeMax = FormatLimits.frameBytes
    /// The first four bytes of every frame, `VRVF`, as a little-endian number.
    public static let magic: UInt32 = 0x4656_5256
    /// Flag: the offsets of the rows are not dense and are stored as a column.
    static let sparseOffsets: UInt16 = 1

    public var context: FrameContext
    public var rowCount: Int
    public var firstOffset: Offset
    /// One past the last row's offset.
    public var endOffset: Offset
    public var minTime: Timestamp
    public var maxTime: Timestamp
    public var minObserved: Timestamp
    public var maxObserved: Timestamp
    /// Size of the whole frame in bytes, including header and padding; a multiple of 8.
    public var frameSize: Int
    /// The header hash, which the next frame of the segment stores as its `previousHash`.
    public var hash: UInt64
    var flags: UInt16
    var directorySize: Int
    var directoryHash: UInt64
    /// Size of header and directory in bytes.
    public var headSize: Int { Self.fixedSize + directorySize }

    var hasSparseOffsets: Bool { flags & Self.sparseOffsets != 0 }

    /// Parses and verifies the first `fixedSize` bytes of `bytes`. The frame itself may be longer than `bytes`.
    ///
    /// - Throws: `.truncated` for too few bytes, `.notAFrame` without magic, `.newerVersion`, `.checksumMismatch`, or
    ///   `.malformed` when sizes or offsets contradict each other.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(FormatError) {
        var reader = ByteReader(bytes)
        let magic = try reader.u32()
        guard magic == Self.magic else {
            throw FormatError(.notAFrame, "0x\(String(magic, radix: 16)) where a frame should begin with the magic 0x46565256")
        }
        let version = try reader.u16()
        flags = try reader.u16()
        let store = StoreID(high: try reader.u64(), low: try reader.u64())
        let segment = Offset(try reader.u64())
        let epoch = try reader.u32()
        rowCount = Int(try reader.u32())
        firstOffset = Offset(try reader.u64())
        endOffset = Offset(try reader.u64())
        let previousHash = try reader.u64()
        let durableUpTo = Offset(try reader.u64())
        minTime = Timestamp(nanoseconds: Int64(bitPattern: try reader.u64()))
        maxTime = Timestamp(nanoseconds: Int64(bitPattern: try reader.u64()))
        minObserved = Timestamp(nanoseconds: Int64(bitPattern: try reader.u64()))
        maxObserved = Timestamp(nanoseconds: Int64(bitPattern: try reader.u64()))
        frameSize = Int(try reader.u32())
        directorySize = Int(try reader.u32())
        directoryHash = try reader.u64()
        hash = try reader.u64()
        context = FrameContext(
            store: store, epoch: epoch, segment: segment, previousHash: previousHash, durableUpTo: durableUpTo)
        let computed = XXH3.hash64(UnsafeRawBufferPointer(rebasing: bytes[0..<120]))
        guard computed == hash else {
            throw FormatError(.checksumMismatch, "the header's checksum is \(hex(computed)), but it says \(hex(hash))")
        }
        guard version == FormatLimits.version else {
            throw FormatError(.newerVersion, "frame format version \(version); this program reads \(FormatLimits.version)")
        }
        try checkSizes()
    }

    private func checkSizes() throws(FormatError) {
        let rows = UInt64(rowCount)
        let span = endOffset.value.subtractingReportingOverflow(firstOffset.value)
        guard rowCount >= 1, rowCount <= EventLimits.rowsPerBatch, !span.overflow,
            hasSparseOffsets ? span.partialValue > rows : span.partialValue == rows, endOffset <= Offset.limit
        else {
            throw FormatError(.malformed, "\(rowCount) rows at offsets \(firstOffset) ..< \(endOffset)")
        }
        guard frameSize <= Self.sizeMax, frameSize % 8 == 0, directorySize <= FormatLimits.directoryBytes,
            frameSize >= Self.fixedSize + directorySize
        else {
            throw FormatError(.malformed, "a frame of \(frameSize) bytes with a directory of \(directorySize)")
        }
        guard flags & ~Self.sparseOffsets == 0 else { throw FormatError(.malformed, "flags \(flags) are not known") }
    }

    init(
        context: FrameContext, batch: EventBatch, flags: UInt16, frameSize: Int, directorySize: Int, directoryHash: UInt64
    ) {
        precondition(batch.rowCount >= 1 && batch.observed.count == batch.rowCount, "an unstamped or empty batch")
        self.context = context
        self.flags = flags
        rowCount = batch.rowCount
        firstOffset = batch.offset(ofRow: 0)
        endOffset = Offset(batch.offset(ofRow: batch.rowCount - 1).value + 1)
        (minTime, maxTime) = bounds(batch.times)
        (minObserved, maxObserved) = bounds(batch.observed)
        self.frameSize = frameSize
        self.directorySize = directorySize
        self.directoryHash = directoryHash
        hash = 0
        hash = encoded().withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[0..<120])) }
    }

    /// The 128 bytes.
    func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: Self.fixedSize)
        writer.fixed(Self.magic)
        writer.fixed(FormatLimits.version)
        writer.fixed(flags)
        writer.fixed(context.store.high)
        writer.fixed(context.store.low)
        writer.fixed(context.segment.value)
        writer.fixed(context.epoch)
        writer.fixed(UInt32(rowCount))
        writer.fixed(firstOffset.value)
        writer.fixed(endOffset.value)
        writer.fixed(context.previousHash)
        writer.fixed(context.durableUpTo.value)
        for time in [minTime, maxTime, minObserved, maxObserved] { writer.fixed(time.nanoseconds) }
        writer.fixed(UInt32(frameSize))
        writer.fixed(UInt32(directorySize))
        writer.fixed(directoryHash)
        writer.fixed(hash)
        return writer.bytes
    }
}

private func bounds(_ values: [Int64]) -> (Timestamp, Timestamp) {
    var least = values[0]
    var most = values[0]
    for value in values {
        least = min(least, value)
        most = max(most, value)
    }
    return (Timestamp(nanoseconds: least), Timestamp(nanoseconds: most))
}

func hex(_ value: UInt64) -> String {
    "0x" + String(value, radix: 16)
}
