public import VarveBatchFormat
public import VarveEvents

/// Scans that follow each other, on one thread: it keeps its buffer, and where in the active segment it was, so that each scan
/// begins where the last one ended without looking for the place again.
public final class LogCursor {
    private let reader: LogReader
    private var scan: LogScan

    /// A cursor over the log of `reader` that decodes what `select` says.
    ///
    /// - Parameter reader: the log.
    /// - Parameter select: which columns are decoded.
    /// - Parameter parted: when several cursors share a range by scanning parts that tile it, the whole range. Then a part's
    ///   events are those of the frames that begin in it, so that no frame is decoded twice.
    /// - Parameter filter: which events are delivered.
    /// - Parameter wanting: which signals are looked at. A frame within the range that has none of them is not read, where the
    ///   segment's footer or the frame's head says so; its events count as passed.
    public init(
        _ reader: LogReader, select: ColumnSelection, where filter: LogFilter = LogFilter(), partOf parted: Range<UInt64>? = nil,
        wanting: (@Sendable (String) -> Bool)? = nil
    ) {
        self.reader = reader
        scan = LogScan(reader, select, filter, partOf: parted, wanting: wanting)
    }

    /// What was read so far.
    public var count: ScanCount { scan.count }

    /// As `LogReader.scan`, but for `durable`, which the caller has just read: nothing at or past it is delivered.
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
    /// How often the log has been opened for writing. A recovery raises it.
    public func epoch() throws(LogError) -> UInt32 {
        try typed { try LogLayout(disk, paths).manifest.epoch }
    }
}
