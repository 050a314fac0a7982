import ArgumentParser
import VarveAlerts
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveWire

struct AlertReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "What rules would have said of the past.",
        discussion: """
            The evaluator of the server, over the log: every event counts at its own time,
            and the rules are evaluated at every whole minute behind --from up to --to. An
            alert that was pending before --from begins there. A rule that is off takes part
            when --rule names it.

            Without --json a table of alerts, and how many there were in a week.

              varve alert replay rules.yaml --data data
              varve alert replay --rule high_error_rate --data data --from 2026-01-20 \\
                --to 2026-01-23 --json
            """)

    @Argument(help: "A file of rules, or a folder of them; by default rules in the data directory.") var file: String?
    @OptionGroup var data: DataOption
    @OptionGroup var rules: RulesOption
    @Option(help: "The rules to replay, on or off; may be given several times.") var rule: [String] = []
    @Option(help: "The first moment (RFC 3339, or a day); by default the log's.", transform: { try TimeArgument.parsed($0) })
    var from: TimeArgument?
    @Option(help: "The last moment; by default the log's.", transform: { try TimeArgument.parsed($0) })
    var to: TimeArgument?
    @Flag(help: "A JSON array with an object for every alert.") var json = false

    func validate() throws {
        if let from, let to, from.timestamp >= to.timestamp { throw ValidationError("--from must be before --to.") }
        if file != nil, rules.path != nil { throw ValidationError("Give the rules once: as an argument or with --rules.") }
    }

    func run() async throws {
        try DataDirectory.check(data.path)
        var option = rules
        if let file {
            try checkIsNoRule(file)
            option.path = file
        }
        let set = try option.read(at: data.path)
        var chosen = set.rules
        if option.path == nil {
            let history = try AlertCommands.history(data.path)
            chosen = chosen.map { history.settings.applied(to: $0) }
        }
        if !rule.isEmpty {
            chosen = try rule.map { id in
                _ = try AlertCommands.rule(id, set, nil)
                var one = chosen.first { $0.id == id }
                one?.isEnabled = true
                return one
            }.compactMap { $0 }
        }
        let views = AlertCommands.views(at: data.path)
        for one in chosen where one.isEnabled {
            for problem in views.problems(of: one) { throw CommandFailure(.configuration, "rule \(one.id): \(problem)") }
        }
        let result = try await AlertCommands.replay(chosen, views, from: from?.timestamp, to: to?.timestamp, at: data.path)
        if json {
            try Output.standard.array(result.episodes.lazy.map { $0.json(offset: result.offset.value) })
        } else {
            try print(result)
        }
        let notes = DamageNotes()
        result.damaged.forEach(notes.add)
        try notes.finish()
        // The answer is not the one that was asked for: a rule of the file is missing in it.
        if !set.errors.isEmpty { throw ExitStatus.configuration.exitCode }
    }

    /// Refuses the name of a rule where a file is expected, and says how to name a rule.
    private func checkIsNoRule(_ file: String) throws {
        guard (try? RealDisk().kind(file)) == nil, try rules.read(at: data.path).rules.contains(where: { $0.id == file })
        else { return }
        throw CommandFailure(
            .usage, "'\(file)' is a rule, not a file of rules", next: "varve alert replay --rule \(file)")
    }

    private func print(_ result: AlertReplay.Result) throws {
        var table = Table(
            ["rule", "labels", "pending", "firing", "resolved", "peak", "threshold"], numbers: ["peak", "threshold"])
        for episode in result.episodes {
            table.add([
                episode.rule.id, AlertCommands.labels(episode.labels), RFC3339.text(episode.pendingAt), text(episode.firingAt),
                text(episode.resolvedAt), number(episode.peak), number(episode.threshold),
            ])
        }
        if !table.isEmpty { try Output.standard.write(table.text() + "\n") }
        let summary = result.summary
        try Output.standard.line(
            "\(summary.fired) fired, \(summary.pendingOnly) held too shortly, from \(RFC3339.text(result.from)) to "
                + RFC3339.text(result.to))
        try Output.standard.line(
            "\(ViewFormat.text(.double(summary.perWeek))) a week; \(result.firingEvaluations) of "
                + "\(result.evaluations) evaluations had an alert that fired")
        if let delay = summary.meanDelay {
            try Output.standard.line("fired \(ViewFormat.text(.double(delay))) s after the condition began to hold, on average")
        }
    }

    private func text(_ time: Timestamp?) -> String { time.map { RFC3339.text($0) } ?? "-" }
    private func number(_ value: Double?) -> String { value.map { ViewFormat.text(.double($0)) } ?? "-" }
}
