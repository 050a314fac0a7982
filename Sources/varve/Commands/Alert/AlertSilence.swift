import ArgumentParser
import VarveAlerts
import VarveEvents
import VarveWire

struct AlertSilence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Tell nobody of alerts that match, for a time.",
        discussion: """
            Rules are evaluated and alerts are recorded all the same. Conditions are about
            rule, severity, id and the alert's labels; all must hold. A maintenance window
            is a silence with --from. Without conditions the silences are listed.

              varve alert silence rule=queue_backlog --for 2h --comment "planned work" \\
                --data data
              varve alert silence component=checkout --from 2026-02-01T22:00Z --for 4h \\
                --data data
              varve alert silence --end 9f86d081884c7d65 --data data
              varve alert silence --data data
            """)

    @Argument(help: "Conditions: FIELD=VALUE, also with != and ~.", transform: { try FieldCondition(parsing: $0) })
    var matchers: [FieldCondition] = []
    @OptionGroup var data: DataOption
    @OptionGroup var by: ByOption
    @Option(name: .customLong("for"), help: ArgumentHelp("How long: 30m, 2h, 1d.", valueName: "duration")) var duration: String?
    @Option(help: "Until when.", transform: { try TimeArgument.parsed($0) })
    var until: TimeArgument?
    @Option(help: "From when; by default from now.", transform: { try TimeArgument.parsed($0) })
    var from: TimeArgument?
    @Option(help: "Why.") var comment = ""
    @Option(help: ArgumentHelp("End this silence now.", valueName: "id")) var end: String?
    @Flag(help: "JSON: the silence, or an array of them.") var json = false

    func validate() throws {
        if let duration, RuleDuration.parse(duration) == nil {
            throw ValidationError("--for must be a duration, as 30m, 2h or 1d, not '\(duration)'.")
        }
        if matchers.isEmpty { return }
        guard end == nil else { throw ValidationError("--end takes no conditions.") }
        guard (duration == nil) != (until == nil) else { throw ValidationError("Give --for or --until: a silence has an end.") }
    }

    func run() async throws {
        let now = AlertCommands.now
        do {
            if let end {
                let history = try AlertCommands.history(data.path)
                try await AlertCommands.append(try AlertAct.endSilence(end, in: history, by: by.name, at: now), at: data.path)
                return try Output.standard.line("the silence \(end) has ended")
            }
            if matchers.isEmpty { return try list(now) }
            let start = from?.timestamp ?? now
            let stop = until?.timestamp ?? start + .nanoseconds(duration.flatMap(RuleDuration.parse) ?? 0)
            let made = try AlertAct.silence(matchers, from: start, to: stop, by: by.name, comment: comment, at: now)
            try await AlertCommands.append(made.event, at: data.path)
            try Output.standard.line(json ? made.silence.json(at: now) : "\(made.silence.id) until \(RFC3339.text(stop))")
        } catch let refusal as AlertAct.Refusal {
            throw AlertCommands.refused(refusal)
        }
    }

    private func list(_ now: Timestamp) throws {
        let silences = try AlertCommands.history(data.path).silences
        if json { return try Output.standard.array(silences.lazy.map { $0.json(at: now) }) }
        guard !silences.isEmpty else { return try Output.standard.line("there are no silences") }
        for silence in silences { try Output.standard.line(silence.json(at: now)) }
    }
}
