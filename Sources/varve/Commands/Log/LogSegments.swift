import ArgumentParser
import VarveEvents
import VarveHash
import VarveLog
import VarveWire

struct LogSegments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segments", abstract: "List the segments of a log.",
        discussion: """
            One line per segment: offsets, events, bytes, append times, and for sealed
            segments the content hash, which compaction does not change.

              varve log segments --data data
              varve log segments --data data --json
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "Print one JSON object per segment.") var json = false

    func run() throws {
        let segments = try LogReader.open(at: data.path).segments()
        if json { return try segments.forEach { try Output.standard.line($0.jsonText) } }
        var table = Table(
            ["first", "end", "events", "bytes", "appended from", "to", "state", "content"],
            numbers: ["first", "end", "events", "bytes"])
        for segment in segments {
            let state = (segment.isSealed ? "sealed" : "active") + (segment.damaged.isEmpty ? "" : ", damaged")
            table.add([
                "\(segment.firstOffset)", "\(segment.endOffset)", segment.rows.grouped, segment.bytes.grouped,
                Self.time(segment.observed?.lowerBound), Self.time(segment.observed?.upperBound), state,
                segment.contentHash.map { String($0.description.prefix(16)) } ?? "",
            ])
        }
        try Output.standard.write(table.text())
    }

    static func time(_ time: Timestamp?) -> String {
        time.map { RFC3339.text($0) } ?? ""
    }
}

extension SegmentInfo {
    fileprivate var jsonText: String {
        var line = JSONLine()
        line.field("first_offset", firstOffset.value)
        line.field("end_offset", endOffset.value)
        line.field("sealed", isSealed)
        line.field("events", rows)
        line.field("bytes", bytes)
        line.field("first_time", time.map { LogSegments.time($0.lowerBound) })
        line.field("last_time", time.map { LogSegments.time($0.upperBound) })
        line.field("first_observed", observed.map { LogSegments.time($0.lowerBound) })
        line.field("last_observed", observed.map { LogSegments.time($0.upperBound) })
        line.field("content_hash", contentHash?.description)
        line.field("damaged", json: "[" + damaged.map(\.jsonText).joined(separator: ",") + "]")
        line.field("file", path)
        return line.text
    }
}
