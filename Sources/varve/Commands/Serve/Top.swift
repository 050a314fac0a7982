import ArgumentParser
import Foundation
import VarveAlerts
import VarveCatalog
import VarveCharts
import VarveDisk
import VarveEvents
import VarveLog
import VarvePages
import VarveProjections
import VarveViews
import VarveWire
import VarveWorkspace

struct Top: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show the live state of a log: projectors, metrics, open alerts.",
        discussion: """
            Offset, size and rate of the log, how far projectors are, the metrics of the
            newest hour that leave a bound, the 95th percentiles, and open alerts. On a
            terminal it is drawn anew every two seconds until Ctrl-C; --once, --json and a
            pipe print it once. A served directory is read beside its server.

              varve top --data data
              varve top --data data --once
              varve top --data data --json
            """)

    @OptionGroup var data: DataOption
    @Option(help: "The projector whose views to read.") var name = "main"
    @Option(help: "Seconds from one drawing to the next.") var interval = 2.0
    @Flag(help: "Print it once.") var once = false
    @Flag(help: "Print one JSON object, once.") var json = false

    func validate() throws {
        if !(0.2...3_600).contains(interval) { throw ValidationError("--interval is a number of seconds from 0.2 to 3600.") }
    }

    func run() async throws {
        try DataDirectory.check(data.path)
        let workspace = try await open()
        var picture = try await TopPicture.take(workspace, name)
        if json {
            try Output.standard.line(picture.json)
        } else if once || !Output.standard.isTerminal {
            try Output.standard.write(picture.text)
        } else {
            while true {
                try Output.standard.flush()
                // Home, then the lines, then what is left of the picture before.
                try Array("\u{1B}[H\u{1B}[J".utf8).withUnsafeBytes { try ByteSink.standardOutput.write($0) }
                try Output.standard.write(picture.text)
                try Output.standard.flush()
                try await Task.sleep(for: .seconds(interval))
                picture = try await TopPicture.take(workspace, name, after: picture)
            }
        }
        try Output.standard.flush()
        try await workspace.close()
    }

    private func open() async throws -> Workspace {
        var options = Workspace.Options()
        options.writes = false
        do throws(WorkspaceError) {
            return try await Workspace.open(at: data.path, options: options)
        } catch {
            if let log = error.log { throw CommandFailure(log) }
            if let disk = error.disk { throw CommandFailure(disk) }
            throw CommandFailure(.failure, error.message)
        }
    }
}
