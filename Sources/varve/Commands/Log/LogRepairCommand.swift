import ArgumentParser
import VarveLog
import VarveServer
import VarveWire

struct LogRepairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Record damage in the manifest, and repair what can be repaired.",
        discussion: """
            Headers, footers, manifests and the watermark are rebuilt. Damaged frames stay
            in place; the manifest lists the lost offsets, and readers and views report
            them. Nothing is deleted: every changed file is first copied to quarantine/,
            and a segment in quarantine/ is restored if its events are missing. No writer
            and no other maintenance may run. The exit code is 2 if events are lost that
            only a backup can restore, and with --dry-run if there is anything to repair.

              varve log repair --data data --dry-run
              varve log repair --data data --json
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "Print the damage, without changing anything.") var dryRun = false
    @Flag(help: "Print one JSON object.") var json = false

    func run() async throws {
        let report = try LogRepair.repair(at: data.path, dryRun: dryRun)
        if !dryRun, !report.found.isEmpty {
            try await AuditedCommand.note(.repair, at: data.path, "found \(report.found.count) damaged ranges")
        }
        if json {
            var line = JSONLine()
            line.field("dry_run", dryRun)
            line.field("found", json: Self.list(report.found))
            line.field("quarantined", json: Self.names(report.quarantined))
            line.field("mended", json: Self.names(report.repaired))
            line.field("restored", json: Self.names(report.restored))
            line.field("marked", json: Self.list(report.marked))
            line.field("left", json: Self.list(report.left))
            try Output.standard.line(line.text)
        } else {
            for fault in report.found { try say("found", fault.description) }
            for path in report.quarantined { try say("copied to", path) }
            for path in report.repaired { try say("mended", path) }
            for path in report.restored { try say("restored", path) }
            for fault in report.marked { try say("lost", fault.description) }
            for fault in report.left { try say("left", fault.description) }
            if report.found.isEmpty { try Output.standard.line("nothing to repair") }
            try printLosses()
        }
        let hasLost = !report.marked.isEmpty || !report.left.isEmpty
        if hasLost || dryRun && !report.found.isEmpty { throw ExitStatus.damageOrDifference.exitCode }
    }

    /// Damage recorded by an earlier repair is not found again, but its events are still lost.
    private func printLosses() throws {
        let segments = try LogReader.open(at: data.path).segments()
        guard segments.contains(where: { !$0.damaged.isEmpty }) else { return }
        try Output.standard.line(
            "known damage remains: varve log verify lists it, and only a backup (varve restore) has those events")
    }

    private func say(_ what: String, _ text: String) throws {
        try Output.standard.line(what + "  " + SafeText.escape(text))
    }

    private static func list(_ faults: [DamagedRange]) -> String { "[" + faults.map(\.jsonText).joined(separator: ",") + "]" }

    private static func names(_ paths: [String]) -> String {
        "["
            + paths.map { path in
                var line = JSONLine()
                line.field("file", path)
                return line.text
            }.joined(separator: ",") + "]"
    }
}
