import ArgumentParser
import VarveDisk

/// The command `varve`: parses the arguments, calls one function of a library, and prints the result.
struct Varve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "varve",
        abstract: "A telemetry log: appends events durably, and maintains views that can be replayed at any time.",
        discussion: """
            First steps:
              varve demo                                   a month of traffic, one incident
              varve ingest events.ndjson --data data       your own events
              varve project --data data                    bring the views up to date
              varve view show rollback_rate --data data    read one
              varve serve --data data                      the same over HTTP, live

            Exit codes: 0 ok, 1 failure, 2 damage or difference found, 64 usage, 65 every
            input record refused, 69 unavailable, 70 internal, 74 input/output, 75 the data
            directory is in use, 78 configuration or a newer format.
            """,
        version: Version.text,
        subcommands: [
            Demo.self, Init.self, Serve.self, Ingest.self, Project.self, View.self, ChartCommand.self, Query.self, Analyze.self,
            OverviewCommand.self, ReportCommand.self, Top.self,
            Verify.self, Cat.self, Tail.self, ReplayCommand.self, Log.self,
            CatalogCommand.self, Metrics.self, Export.self, Import.self, Backup.self, Restore.self, Generate.self,
            TokenCommand.self, UserCommand.self, Alert.self, IncidentCommand.self, ConfigCommand.self, Emit.self,
            TraceCommand.self, Forward.self,
        ])
}

enum Version {
    static let text = "varve 0.1.0 (log format 1)"
}

@main
enum Main {
    static func main() async {
        do {
            if let unknown = UnknownCommand.find(in: CommandLine.arguments.dropFirst()) { throw unknown }
            var command = try Varve.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            try Output.standard.flush()
        } catch {
            let error = MistypedData.failure(CommandLine.arguments.dropFirst(), error) ?? error
            // Output from before the failure is still flushed; if that fails too, the first error is reported.
            try? Output.standard.flush()
            finish(with: error)
        }
    }

    private static func finish(with error: any Error) -> Never {
        guard let failure = CommandFailure(error) else { Varve.exit(withError: error) }
        failure.report()
        Varve.exit(withError: failure.status.exitCode)
    }
}
