import ArgumentParser
import VarveEvents
import VarveHash
import VarveLog
import VarveWire
import VarveWorkspace

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
        if json { return try segments.forEach { try Output.standard.line(LogText.segment($0, withPath: true)) } }
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
