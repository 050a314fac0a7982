public import VarveBatchFormat
public import VarveEvents

/// Consecutive scans on one thread. Keeps its buffer and its position in the active segment, so that each scan continues where
/// the last one ended without searching for the place.
public final class LogCursor {
    private let reader: LogReader
    private var scan: LogScan

    /// A cursor over the log of `reader`.
    ///
    /// - Parameter reader: the log.
    /// - Parameter select: the columns to decode.
    /// - Parameter parted: the whole range, when several cursors share it by scanning parts that tile it. A part then delivers
    ///   the events of the frames that begin in it, so that no frame is decoded twice.
    /// - Parameter filter: the events to deliver.
    /// - Parameter wanting: the signals of interest. A frame within the range that has none of them, according to the segment's
    ///   footer or the frame's head, is not read; its events count as passed.
    public init(
        _ reader: LogReader, select: ColumnSelection, where filter: LogFilter = LogFilter(), partOf parted: Range<UInt64>? = nil,
        wanting: (@Sendable (String) -> Bool)? = nil
    ) {
        self.reader = reader
        scan = LogScan(reader, select, filter, partOf: parted, wanting: wanting)
    }

    /// What was read so far.
    public var count: ScanCount { scan.count }

    /// Like `LogReader.scan`, but with a watermark that the caller has just read; nothing at or above it is delivered.
    public func scan(
        _ range: Range<UInt64>, durable: Offset, onDamage: (DamagedRange) -> Void = { _ in },
        _ body: (EventBatch) throws -> Void
    ) throws {
        let end = min(range.upperBound, durable.value)
        guard range.lowerBound < end else { return }
        try scan.run(range.lowerBound..<end, onDamage, body)
    }
}

extension LogReader {
    /// How often the log has been opened for writing. Every recovery raises it.
    public func epoch() throws(LogError) -> UInt32 {
        try typed { try LogLayout(disk, paths).manifest.epoch }
    }
}
