public import VarveEvents

/// What a stretch of input became: events as one batch, and what was refused. `received` = rows of the batch + rejections.
public struct DecodedBlock: Sendable {
    /// Nil when every record was refused.
    public let batch: EventBatch?
    /// Per row of the batch, the line where its record starts; to name the lines of duplicates.
    public let lines: [UInt32]
    public let rejections: [Rejection]
    /// Lines of the input that this block and the ones before it cover, blank ones included: what an acknowledgement may name.
    public let linesCovered: Int
    /// Bytes of the (unpacked) input that this block and the ones before it cover.
    public let bytesCovered: UInt64
    /// Per row of the batch, its record, where it was asked for.
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

    /// Records of this block.
    public var received: Int { (batch?.rowCount ?? 0) + rejections.count }

    /// Events that no decoder made, whose records begin at these lines: one for each row.
    public init(_ batch: EventBatch, lines: [UInt32]) {
        self.init(
            batch: batch, lines: lines, rejections: [], linesCovered: lines.last.map(Int.init) ?? 0, bytesCovered: 0, records: [])
    }

    /// The same records with another batch in place of this one's, of whose rows some may have been refused since.
    public func replacing(_ batch: EventBatch?, lines: [UInt32], refused: [Rejection]) -> DecodedBlock {
        DecodedBlock(
            batch: batch, lines: lines, rejections: rejections + refused, linesCovered: linesCovered,
            bytesCovered: bytesCovered, records: [])
    }
}
