import ArgumentParser
import VarveAlerts
import VarveProjections
import VarveWire

struct AlertLs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List alerts and their states.",
        discussion: """
            One line for each alert that is pending or fires, and one for each enabled rule
            that has none. --all lists rules instead, those that are off too.

              varve alert ls --data data
              varve alert ls --data data --json
              varve alert ls --data data --all
            """)

    @OptionGroup var data: DataOption
    @OptionGroup var rules: RulesOption
    @Flag(help: "List rules, those that are off too.") var all = false
    @Flag(help: "A JSON array of objects.") var json = false

    func run() throws {
        let set = try rules.read(at: data.path)
        let history = try AlertCommands.history(data.path)
        let applied = set.rules.map { history.settings.applied(to: $0) }
        if all { return try list(applied) }
        let statuses = history.statuses(of: applied, at: AlertCommands.now)
        if json { return try Output.standard.array(statuses.lazy.map(\.json)) }
        guard !statuses.isEmpty else {
            return try Output.standard.line("no rule is enabled; varve alert ls --all lists those there are")
        }
        var table = Table(
            ["rule", "labels", "severity", "state", "since", "value", "threshold", "id"], numbers: ["value", "threshold"])
        for status in statuses {
            table.add([
                status.rule, AlertCommands.labels(status.labels), status.severity.rawValue, status.state.rawValue,
                status.since.map { RFC3339.text($0) } ?? "-", number(status.value), number(status.threshold), status.id,
            ])
        }
        try Output.standard.write(table.text())
    }

    private func list(_ rules: [AlertRule]) throws {
        if json { return try Output.standard.array(rules.lazy.map(\.json)) }
        var table = Table(["rule", "enabled", "severity", "condition", "origin"])
        for rule in rules {
            table.add([rule.id, rule.isEnabled ? "yes" : "no", rule.severity.rawValue, rule.conditionText, rule.origin])
        }
        try Output.standard.write(table.text())
    }

    private func number(_ value: Double?) -> String { value.map { ViewFormat.text(.double($0)) } ?? "-" }
}
