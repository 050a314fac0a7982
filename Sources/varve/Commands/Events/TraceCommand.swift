import ArgumentParser
import VarveLog
import VarveServer

struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Print a trace as a tree of its spans.",
        discussion: """
            Each line is a span: its start from the trace's start, its duration, and its own
            time, in which no child ran; all in milliseconds. A * marks the critical path:
            the trace would have been shorter without it. Parents that are missing and
            stretches in which nothing ran follow.

              varve trace 4bf92f3577b34da6a3ce929d0e0e4736 --data data
              varve trace 4bf92f3577b34da6a3ce929d0e0e4736 --data data --json

            --json prints what GET /api/v1/traces/ID answers. Exit code 1: no such trace.
            """)

    @Argument(help: "The trace's id, in hexadecimal digits.") var id: String
    @OptionGroup var data: DataOption
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard TraceReport.id(id) != nil else {
            throw ValidationError("'\(id)' is not a trace's id: it has 32 hexadecimal digits.")
        }
    }

    func run() throws {
        let reader = try LogReader.open(at: data.path)
        guard let id = TraceReport.id(id), let report = try TraceReport.read(id, in: reader) else {
            throw CommandFailure(.failure, "there is no span of the trace \(id)")
        }
        if json { return try Output.standard.line(report.json) }
        try Output.standard.line(SafeText.escape(report.head))
        var table = Table(["start", "duration", "self", "", "span", "service", "kind"], numbers: ["start", "duration", "self"])
        for line in report.lines {
            let times = [line.start, line.duration, line.own].map(TraceReport.text)
            table.add(times + [line.isCritical ? "*" : "", line.name + (line.isError ? "  ERROR" : ""), line.service, line.kind])
        }
        try Output.standard.write(table.text())
        for note in report.notes { try Output.standard.line(SafeText.escape(note)) }
    }
}
