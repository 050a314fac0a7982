import ArgumentParser
import Foundation
import VarveDisk
import VarveIngest
import VarveLog

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create a data directory with a commented varve.yaml.",
        discussion: """
            The file lists every setting, commented out, with its default. Existing files
            are not changed.

              varve init
              varve init --data /var/lib/varve
            """)

    @Option(
        name: .customLong("data"),
        help: ArgumentHelp("The data directory to create. Default: $VARVE_DATA, or ./data.", valueName: "dir"))
    var given: String?

    func run() async throws {
        let path = given ?? DataDirectory.usual ?? "data"
        try DataDirectory.check(path)
        try await DataDirectory.ingestor(path).close()
        let file = "\(path)/varve.yaml"
        do throws(DiskError) {
            let made = try RealDisk().create(file)
            try made.write(Array(ConfigurationText.template.utf8), at: 0)
            try made.syncData()
        } catch {
            guard error.code == .exists else { throw error }
            return try Output.standard.line("\(path): a data directory; \(file) already existed and is unchanged")
        }
        try Output.standard.line("\(path): a data directory; its settings are in \(file)")
        try Output.standard.line("next: varve ingest events.ndjson" + (path == "data" ? "" : " --data \(path)"))
    }
}
