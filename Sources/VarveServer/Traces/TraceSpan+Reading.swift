internal import VarveEvents
internal import VarveLog

extension TraceSpan {
    /// The filter that every span passes, and nothing else.
    static var filter: LogFilter {
        var filter = LogFilter()
        filter.signals = ["otel.span"]
        return filter
    }

    /// Offsets from the end of the log that lists of traces are made from.
    static let listedOffsets: UInt64 = 2_000_000

    /// The last `most` spans that `filter` lets through, of the last `count` offsets below `end` and below what is durable. The
    /// log is scanned, and blocks the thread; damaged ranges are passed over.
    static func last(
        _ most: Int, in reader: LogReader, where filter: LogFilter, below end: UInt64 = .max, offsets count: UInt64 = .max
    ) throws -> [TraceSpan] {
        let end = min(end, try reader.durable().value)
        let from = max(try reader.retained().value, end - min(end, count))
        var found: [TraceSpan] = []
        guard from < end else { return found }
        try reader.scan(from..<end, where: filter, onDamage: { _ in }) { batch in
            batch.forEachEvent { _, event in
                if let span = TraceSpan(event) { found.append(span) }
            }
            if found.count > 2 * most { found.removeFirst(found.count - most) }
        }
        return found.suffix(most)
    }
}
