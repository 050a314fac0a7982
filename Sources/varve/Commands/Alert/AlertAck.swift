import ArgumentParser
import VarveAlerts

struct AlertAck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Take an alert on: it is not said again until it is resolved.",
        discussion: """
            varve alert ack high_error_rate-9f86d081884c7d65 --comment "looking" --data data
            """)

    @Argument(help: "The alert's id.") var id: String
    @OptionGroup var data: DataOption
    @OptionGroup var by: ByOption
    @Option(help: "What is known.") var comment = ""

    func run() async throws {
        do {
            let history = try AlertCommands.history(data.path)
            let event = try AlertAct.acknowledge(id, in: history, by: by.name, comment: comment, at: AlertCommands.now)
            try await AlertCommands.append(event, at: data.path)
            try Output.standard.line("\(id) is acknowledged")
        } catch let refusal as AlertAct.Refusal {
            throw AlertCommands.refused(refusal)
        }
    }
}

struct AlertResolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Resolve an alert by hand.",
        discussion: """
            It begins anew, with its full duration, where the condition goes on to hold.

              varve alert resolve high_error_rate-9f86d081884c7d65 --data data
            """)

    @Argument(help: "The alert's id.") var id: String
    @OptionGroup var data: DataOption
    @OptionGroup var by: ByOption

    func run() async throws {
        do {
            let history = try AlertCommands.history(data.path)
            let event = try AlertAct.resolve(id, in: history, by: by.name, at: AlertCommands.now)
            try await AlertCommands.append(event, at: data.path)
            try Output.standard.line("\(id) is resolved")
        } catch let refusal as AlertAct.Refusal {
            throw AlertCommands.refused(refusal)
        }
    }
}
