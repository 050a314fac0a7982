import ArgumentParser
import VarveAlerts
import VarveLog
import VarveWire

struct IncidentLs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List incidents, with the times of response and resolution.",
        discussion: """
            varve incident ls --data data
            varve incident ls --data data --all --json
            """)

    @OptionGroup var data: DataOption
    @Flag(help: "Those that are resolved or closed too.") var all = false
    @Flag(help: "A JSON array of objects.") var json = false

    func run() throws {
        try DataDirectory.check(data.path)
        let incidents = try IncidentHistory.read(LogReader.open(at: data.path)).all.filter { all || $0.isOpen }
        if json { return try Output.standard.array(incidents.lazy.map(\.json)) }
        guard !incidents.isEmpty else { return try Output.standard.line(all ? "there are no incidents" : "no incident is open") }
        var table = Table(["id", "severity", "status", "assignee", "opened", "resolved", "title"])
        for incident in incidents {
            table.add([
                incident.id, incident.severity, incident.status, incident.assignee ?? "-", RFC3339.text(incident.openedAt),
                incident.resolvedAt.map { RFC3339.text($0) } ?? "-", incident.title,
            ])
        }
        try Output.standard.write(table.text())
    }
}
