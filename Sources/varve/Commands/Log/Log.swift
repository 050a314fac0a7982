import ArgumentParser
import VarveEvents
import VarveLog
import VarveWire
import VarveWorkspace

struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
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
        let log = try LogFigures(reader)
        if json { return try Output.standard.line(log.json) }
        try Output.standard.line("offsets   \(log.first.grouped) ..< \(log.durable.grouped)")
        try Output.standard.line("segments  \(log.segments.grouped), \(log.sealed.grouped) of them sealed")
        let events = log.durable - min(log.first, log.durable)
        let perEvent = events > 0 ? ", \((Double(log.bytes) / Double(events)).fixed(1)) bytes an event" : ""
        try Output.standard.line("size      \(log.bytes.byteSize)\(perEvent)")
        if log.keptEvents > 0 {
            let size = log.keptBytes.byteSize
            try Output.standard.line("kept      \(log.keptEvents.grouped) events below \(log.first.grouped), \(size)")
        }
        for fault in log.faults {
            try Output.standard.line("warning   since \(RFC3339.text(fault.since)) \(SafeText.escape("\(fault)"))")
        }
        for rule in log.rules { try Output.standard.line("keeps     \(SafeText.escape("\(rule)"))") }
        if log.damaged > 0 { try Output.standard.line("damaged   \(log.damaged) ranges: see varve log verify") }
    }
}
