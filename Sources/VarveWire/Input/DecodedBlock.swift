public import VarveEvents

/// The result of decoding part of an input: events as one batch, and rejections. `received` = rows of the batch + rejections.
public struct DecodedBlock: Sendable {
    /// Nil if every record was refused.
    public let batch: EventBatch?
    /// Per row of the batch, the line where its record starts; used to report the lines of duplicates.
    public let lines: [UInt32]
    public let rejections: [Rejection]
    /// Lines of the input covered by this block and earlier ones, including blank ones: the number to acknowledge.
    public let linesCovered: Int
    /// Uncompressed bytes of the input covered by this block and earlier ones.
    public let bytesCovered: UInt64
    /// Per row of the batch, its original record, if requested.
    public let records: [SourceRecord]

    init(
        batch: EventBatch?, lines: [UInt32], rejections: [Rejection], linesCovered: Int, bytesCovered: UInt64,
        records: [SourceRecord]
    ) {
        self.batch = batch
        self.lines = lines
        self.rejections = rejections
        self.linesCovered = linesCovered
        self.bytesCovered = bytesCovered
        self.records = records
    }

    /// The number of records in this block.
    public var received: Int { (batch?.rowCount ?? 0) + rejections.count }

    /// Events that did not come from a decoder, with the line of each row's record.
    public init(_ batch: EventBatch, lines: [UInt32]) {
        self.init(
            batch: batch, lines: lines, rejections: [], linesCovered: lines.last.map(Int.init) ?? 0, bytesCovered: 0, records: [])
    }

    /// The same block with another batch, after some of its rows have been refused.
    public func replacing(_ batch: EventBatch?, lines: [UInt32], refused: [Rejection]) -> DecodedBlock {
        DecodedBlock(
            batch: batch, lines: lines, rejections: rejections + refused, linesCovered: linesCovered,
            bytesCovered: bytesCovered, records: [])
    }

    /// The same block, of JSON that was cut into lines: its refused records have numbers instead of lines.
    public var numberedByRecord: DecodedBlock {
        var refused = rejections
        for index in refused.indices { refused[index].countsRecords = true }
        return DecodedBlock(
            batch: batch, lines: lines, rejections: refused, linesCovered: linesCovered, bytesCovered: bytesCovered,
            records: records)
    }
}
