internal import VarveEvents
public import VarveLog
internal import VarveWire

/// How large a log is and what it holds, as `varve log info` and `GET /api/v1/log/info` tell it.
public struct LogFigures: Sendable {
    /// Offsets of the first event that is there, and of the first that is not durable.
    public let first: UInt64
    public let durable: UInt64
    public let segments: Int
    public let sealed: Int
    public let bytes: UInt64
    /// Ranges of bytes that cannot be read.
    public let damaged: Int
    /// Events that rules keep below `first`.
    public let keptEvents: UInt64
    public let keptBytes: UInt64
    public let rules: [RetentionRule]
    public let faults: [BackgroundError]

    public init(_ reader: LogReader) throws(LogError) {
        let all = try reader.segments()
        let kept = try reader.keptSegments()
        segments = all.count
        sealed = all.count { $0.isSealed }
        bytes = all.reduce(0) { $0 + $1.bytes }
        damaged = all.reduce(0) { $0 + $1.damaged.count }
        keptEvents = kept.reduce(0) { $0 + $1.rows }
        keptBytes = kept.reduce(0) { $0 + $1.bytes }
        first = try reader.retained().value
        durable = try reader.durable().value
        rules = try reader.rules()
        faults = try reader.backgroundErrors()
    }

    /// One object.
    public var json: String {
        var line = JSONLine()
        line.field("first_offset", first)
        line.field("durable_offset", durable)
        line.field("segments", segments)
        line.field("sealed_segments", sealed)
        line.field("bytes", bytes)
        line.field("damaged_ranges", damaged)
        line.field("kept_events", keptEvents)
        line.field("kept_bytes", keptBytes)
        line.field("rules", rules.count)
        line.field("background_errors", json: JSONLine.array(faults.map(\.json)))
        return line.text
    }
}
