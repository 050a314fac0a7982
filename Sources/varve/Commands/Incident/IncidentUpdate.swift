import ArgumentParser
import VarveAlerts
import VarveLog
import VarveWire

struct IncidentUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Set the assignee, root cause, resolution or status of an incident.",
        discussion: """
            What the settings require (incidents.require in varve.yaml) must be known before an
            incident is resolved or closed.

              varve incident update inc-errors-9f86d081@1772446560 --assignee ann --data data
              varve incident update inc-errors-9f86d081@1772446560 --status resolved \\
                --root-cause "a full disk" --resolution "freed it" --data data
            """)

    @Argument(help: "The incident's id.") var id: String
    @OptionGroup var data: DataOption
    @OptionGroup var by: ByOption
    @OptionGroup var settings: ConfigOption
    @Option(help: "open, investigating, resolved or closed.") var status: String?
    @Option(help: "Who has it.") var assignee: String?
    @Option(help: "Why it happened.") var rootCause: String?
    @Option(help: "What ended it.") var resolution: String?
    @Flag(help: "The incident as one JSON object.") var json = false

    func run() async throws {
        try DataDirectory.check(data.path)
        var history = try IncidentHistory.read(LogReader.open(at: data.path))
        var change = IncidentChange()
        (change.status, change.assignee, change.by) = (status, assignee, by.name)
        (change.rootCause, change.resolution) = (rootCause, resolution)
        let required = try Configuration.load(settings.config, at: data.path).alerts().incidents
        do {
            let event = try change.event(id, history, required, at: AlertCommands.now)
            try await AlertCommands.append(event, at: data.path)
            history.add(event)
        } catch let refusal as AlertAct.Refusal {
            throw AlertCommands.refused(refusal)
        }
        guard let incident = history[id] else { return }
        try Output.standard.line(json ? incident.json : "\(incident.id) is \(incident.status)")
    }
}
