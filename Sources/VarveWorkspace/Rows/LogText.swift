internal import VarveEvents
internal import VarveHash
public import VarveLog
internal import VarveWire

/// The size and the segments of a log as JSON, shared by commands and HTTP.
public enum LogText {
    /// The log as one object, as `varve log info --json` prints it.
    public static func info(_ reader: LogReader) throws(LogError) -> String {
        let segments = try reader.segments()
        let bytes = segments.reduce(UInt64(0)) { $0 + $1.bytes }
        let sealed = segments.count { $0.isSealed }
        let damaged = segments.reduce(0) { $0 + $1.damaged.count }
        let kept = try reader.keptSegments()
        let keptBytes = kept.reduce(UInt64(0)) { $0 + $1.bytes }
        let keptEvents = kept.reduce(UInt64(0)) { $0 + $1.rows }
        let first = try reader.retained().value
        let durable = try reader.durable().value
        let rules = try reader.rules().count
        let faults = try reader.backgroundErrors().map(\.json)
        var line = JSONLine()
        line.field("first_offset", first)
        line.field("durable_offset", durable)
        line.field("segments", segments.count)
        line.field("sealed_segments", sealed)
        line.field("bytes", bytes)
        line.field("damaged_ranges", damaged)
        line.field("kept_events", keptEvents)
        line.field("kept_bytes", keptBytes)
        line.field("rules", rules)
        line.field("background_errors", json: JSONLine.array(faults))
        return line.text
    }

    /// A segment as one object, as `varve log segments --json` prints it; over HTTP without paths.
    public static func segment(_ segment: SegmentInfo, withPath: Bool) -> String {
        var line = JSONLine()
        line.field("first_offset", segment.firstOffset.value)
        line.field("end_offset", segment.endOffset.value)
        line.field("sealed", segment.isSealed)
        line.field("events", segment.rows)
        line.field("bytes", segment.bytes)
        line.field("first_time", segment.time.map { RFC3339.text($0.lowerBound) })
        line.field("last_time", segment.time.map { RFC3339.text($0.upperBound) })
        line.field("first_observed", segment.observed.map { RFC3339.text($0.lowerBound) })
        line.field("last_observed", segment.observed.map { RFC3339.text($0.upperBound) })
        line.field("content_hash", segment.contentHash?.description)
        line.field("damaged", json: JSONLine.array(segment.damaged.map { damage($0, withPath: withPath) }))
        if withPath { line.field("file", segment.path) }
        return line.text
    }

    /// A damaged range as one object.
    public static func damage(_ range: DamagedRange, withPath: Bool) -> String {
        var line = JSONLine()
        if withPath { line.field("file", range.file) }
        line.field("from_byte", range.bytes.lowerBound)
        line.field("to_byte", range.bytes.upperBound)
        line.field("from_offset", range.offsets.lowerBound)
        line.field("to_offset", range.offsets.upperBound)
        line.field("reason", range.reason)
        return line.text
    }
}
