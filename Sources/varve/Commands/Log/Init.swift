import ArgumentParser
import Foundation
import VarveDisk
import VarveIngest
import VarveLog

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data directory, with a commented varve.yaml in it.",
        discussion: """
            The file names every setting that has an effect, commented out, with its default. What
            is there already stays as it is.

              varve init
              varve init --data /var/lib/varve
            """)

    @Option(
        name: .customLong("data"),
        help: ArgumentHelp("The data directory to make. By default $VARVE_DATA, else ./data.", valueName: "dir"))
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
            return try Output.standard.line("\(path): a data directory; \(file) was there and stays as it is")
        }
        try Output.standard.line("\(path): a data directory; its settings are in \(file)")
        try Output.standard.line("next: varve ingest events.ndjson" + (path == "data" ? "" : " --data \(path)"))
    }
}
