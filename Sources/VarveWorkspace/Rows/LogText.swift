internal import VarveEvents
internal import VarveHash
public import VarveLog
internal import VarveWire

/// The segments of a log as JSON, shared by commands and HTTP.
public enum LogText {
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
