import ArgumentParser
import VarveEvents
import VarveLog
import VarveWire
import VarveWorkspace

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Inspect and maintain a log.",
        subcommands: [
            LogInfo.self, LogSegments.self, LogVerifyCommand.self, LogInspect.self, LogCompact.self, LogRetain.self,
            LogKeepCommand.self, LogPin.self, LogUnpin.self, LogRepairCommand.self,
        ])
}

struct LogInfo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Print the size of a log: events, segments, bytes.",
        discussion: """
              varve log info --data data
              varve log info --data data --json
              varve log info --data data --columns
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "Print one JSON object; with --columns one per column.") var json = false
    @Flag(help: "Read the whole log and print the size of each column.") var columns = false

    func run() throws {
        let reader = try LogReader.open(at: data.path)
        if columns { return try LogColumnsTable.print(reader.columns(), json: json) }
        if json { return try Output.standard.line(LogText.info(reader)) }
        let durable = try reader.durable().value
        let segments = try reader.segments()
        let bytes = segments.reduce(UInt64(0)) { $0 + $1.bytes }
        let sealed = segments.count { $0.isSealed }
        let damaged = segments.reduce(0) { $0 + $1.damaged.count }
        let kept = try reader.keptSegments()
        let keptBytes = kept.reduce(UInt64(0)) { $0 + $1.bytes }
        let keptEvents = kept.reduce(UInt64(0)) { $0 + $1.rows }
        let rules = try reader.rules()
        let first = try reader.retained().value
        let faults = try reader.backgroundErrors()
        try Output.standard.line("offsets   \(first.grouped) ..< \(durable.grouped)")
        try Output.standard.line("segments  \(segments.count.grouped), \(sealed.grouped) of them sealed")
        let perEvent = durable > first ? ", \((Double(bytes) / Double(durable - first)).fixed(1)) bytes an event" : ""
        try Output.standard.line("size      \(bytes.byteSize)\(perEvent)")
        if keptEvents > 0 {
            try Output.standard.line("kept      \(keptEvents.grouped) events below \(first.grouped), \(keptBytes.byteSize)")
        }
        for fault in faults {
            try Output.standard.line("warning   since \(RFC3339.text(fault.since)) \(SafeText.escape("\(fault)"))")
        }
        for rule in rules { try Output.standard.line("keeps     \(SafeText.escape("\(rule)"))") }
        if damaged > 0 { try Output.standard.line("damaged   \(damaged) ranges: see varve log verify") }
    }
}
