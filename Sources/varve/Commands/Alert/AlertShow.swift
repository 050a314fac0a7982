import ArgumentParser
import VarveAlerts
import VarveWire

struct AlertShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a rule, its alerts and what it said.",
        discussion: """
            varve alert show high_error_rate --data data
            varve alert show high_error_rate --data data --json
            """)

    @Argument(help: "The rule's id.") var rule: String
    @OptionGroup var data: DataOption
    @OptionGroup var rules: RulesOption
    @Option(help: "The newest changes that are shown.") var limit = 20
    @Flag(help: "One JSON object: rule, alerts, history.") var json = false

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit must be 1 to 100000.") }
    }

    func run() throws {
        let set = try rules.read(at: data.path)
        let history = try AlertCommands.history(data.path)
        let found = try AlertCommands.rule(rule, set, history)
        let alerts = history.statuses(of: [found], at: AlertCommands.now)
        let said = history.changes(of: found.id).suffix(limit)
        if json {
            var line = JSONLine()
            line.field("rule", json: found.json)
            line.field("alerts", json: JSONLine.array(alerts.map(\.json)))
            line.field("history", json: JSONLine.array(said.map(\.json)))
            return try Output.standard.line(line.text)
        }
        try Output.standard.line("\(found.id)  \(found.name)")
        try Output.standard.line("  \(found.conditionText)")
        let channels = found.channels.isEmpty ? "nobody is told" : found.channels.joined(separator: ", ")
        try Output.standard.line(
            "  \(found.severity.rawValue), \(found.isEnabled ? "enabled" : "off"), \(channels), \(found.origin)")
        if let playbook = found.playbook { try Output.standard.line("  \(playbook)") }
        for alert in alerts {
            let since = alert.since.map { " since \(RFC3339.text($0))" } ?? ""
            try Output.standard.line("  \(alert.state.rawValue)\(since)  \(AlertCommands.labels(alert.labels))  \(alert.id)")
        }
        for change in said {
            let what = change.change.kind.rawValue
            try Output.standard.line("    \(RFC3339.text(change.change.at))  \(what)  \(change.message)")
        }
    }
}
