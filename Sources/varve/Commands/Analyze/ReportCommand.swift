import ArgumentParser
import Foundation
import VarveLog
import VarveReports

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a report of a day, a week, an incident, or what to improve.",
        discussion: """
            daily and weekly describe the newest day or seven days of events beside the time
            before; incident describes the largest incident of the range; optimization lists
            what to improve, by priority. --from and --to choose another range.

              varve report daily --data data
              varve report incident --data data --from 2026-01-15 --to 2026-01-25 --format html -o incident.html
              varve report optimization --data data --format json
            """)

    @Argument(help: "daily, weekly, incident or optimization.") var kind: ReportKind
    @OptionGroup var data: DataOption
    @Option(help: "markdown, html or json.") var format = ReportFormat.markdown
    @Flag(help: "The same as --format json.") var json = false
    @Option(help: "Start of the time range (RFC 3339, or a day).") var from: TimeArgument?
    @Option(help: "End of the time range, exclusive.") var to: TimeArgument?
    @Option(help: "As of this offset (the first N events) or append time.") var at: AsOfArgument?
    @Option(help: "The projector whose views to read.") var name = "main"
    @Option(name: .shortAndLong, help: ArgumentHelp("Write it to a file instead of standard output.", valueName: "file"))
    var output: String?

    func validate() throws {
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
    }

    func run() throws {
        let rows = AnalysisRows(try LogReader.open(at: data.path), at: data.path, projector: name)
        let report = try kind.report(rows, from: from?.timestamp, to: to?.timestamp, asOf: at?.moment)
        let text = report.text(json ? .json : format)
        guard let output else { return try Output.standard.write(text) }
        do {
            try text.write(to: URL(filePath: output), atomically: true, encoding: .utf8)
        } catch {
            throw CommandFailure(.inputOutput, "the file cannot be written: \(error.localizedDescription)", place: output)
        }
    }
}
