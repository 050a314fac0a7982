import ArgumentParser
import VarveAlerts
import VarveProjections
import VarveWire

struct AlertExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Derive a firing again from the log.",
        discussion: """
            The rule is evaluated once more over the events that were known when it fired.
            The answer is match, mismatch (with the reason), or expired where retention has
            removed what it looked at. ID is an alert's, of varve alert ls; its last firing
            is explained.

              varve alert explain high_error_rate-9f86d081884c7d65 --data data
              varve alert explain high_error_rate-9f86d081884c7d65 --data data --json

            Exit codes: 0 it matches, 2 it does not.
            """)

    @Argument(help: "The alert's id.") var id: String
    @OptionGroup var data: DataOption
    @OptionGroup var rules: RulesOption
    @Flag(help: "One JSON object.") var json = false

    func run() async throws {
        let set = try rules.read(at: data.path)
        let history = try AlertCommands.history(data.path)
        guard let said = history.lastFiring(id) else {
            throw CommandFailure(.usage, "there is no alert '\(id)' that fired", next: "varve alert ls lists the ids of alerts")
        }
        let rule = set.rules.first { $0.id == said.rule }.map { history.settings.applied(to: $0) }
        let workspace = try await AlertCommands.reading(data.path)
        let views = AlertCommands.views(at: data.path)
        let explanation = try await AlertExplanation.derive(said, rule, views, over: workspace)
        if json {
            try Output.standard.line(explanation.json)
        } else {
            try print(explanation)
        }
        try Output.standard.flush()
        if explanation.result != .match { throw ExitStatus.damageOrDifference.exitCode }
    }

    private func print(_ explanation: AlertExplanation) throws {
        let said = explanation.said
        let out = Output.standard
        try out.line("\(said.rule) fired at \(RFC3339.text(said.change.at)): \(said.message)")
        try out.line("  rule version  \(said.version)")
        try out.line("  value         \(said.change.value.map { ViewFormat.text(.double($0)) } ?? "none")")
        try out.line("  threshold     \(said.change.threshold.map { ViewFormat.text(.double($0)) } ?? "none")")
        try out.line("  window        \(RFC3339.text(said.window.lowerBound)) to \(RFC3339.text(said.window.upperBound))")
        try out.line("  view          \(said.view)@\(said.viewVersion), the first \(said.offset) events")
        if let hash = said.viewHash ?? explanation.viewHash { try out.line("  view hash     \(hash)") }
        try out.line("  result        \(explanation.result.rawValue)" + (explanation.reason.map { ": \($0)" } ?? ""))
    }
}
