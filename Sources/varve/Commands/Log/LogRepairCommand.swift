import ArgumentParser
import VarveLog
import VarveWire

struct LogRepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Make what is damaged known damage, and whole again what can be.",
        discussion: """
            Headers, footers, manifests and the watermark are made again. Damaged frames stay
            where they are; the manifest names the offsets that are lost, readers and views
            report them as data. Nothing is deleted: every file that is changed is copied to
            quarantine/ first, and a segment in there comes back when its events are missing.
            No writer and no other maintenance may run. Exit code 2 when
            events are lost that only a backup can bring back, with --dry-run when there is
            anything to repair.

              varve log repair --data data --dry-run
              varve log repair --data data --json
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "Say what is damaged, and change nothing.") var dryRun = false
    @Flag(help: "One JSON object.") var json = false

    func run() throws {
        let report = try LogRepair.repair(at: data.path, dryRun: dryRun)
        if json {
            var line = JSONLine()
            line.field("dry_run", dryRun)
            line.field("found", json: Self.list(report.found))
            line.field("quarantined", json: Self.names(report.quarantined))
            line.field("mended", json: Self.names(report.mended))
            line.field("restored", json: Self.names(report.restored))
            line.field("marked", json: Self.list(report.marked))
            line.field("left", json: Self.list(report.left))
            try Output.standard.line(line.text)
        } else {
            for fault in report.found { try say("found", fault.description) }
            for path in report.quarantined { try say("copied to", path) }
            for path in report.mended { try say("mended", path) }
            for path in report.restored { try say("restored", path) }
            for fault in report.marked { try say("lost", fault.description) }
            for fault in report.left { try say("left", fault.description) }
            if report.found.isEmpty { try Output.standard.line("nothing to repair") }
            try sayWhatIsLost()
        }
        let hasLost = !report.marked.isEmpty || !report.left.isEmpty
        if hasLost || dryRun && !report.found.isEmpty { throw ExitStatus.damageOrDifference.exitCode }
    }

    /// What an earlier repair has marked is not found again, and still lost.
    private func sayWhatIsLost() throws {
        let segments = try LogReader.open(at: data.path).segments()
        guard segments.contains(where: { !$0.damaged.isEmpty }) else { return }
        try Output.standard.line(
            "known damage stays: varve log verify names it, and only a backup (varve restore) has those events")
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
