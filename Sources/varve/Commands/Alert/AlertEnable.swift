import ArgumentParser
import VarveAlerts

struct AlertEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Switch rules on.",
        discussion: """
            It is an event in the log (config.changed), so that who switched what, and when,
            can be looked up. A server that runs takes it over at once.

              varve alert enable high_error_rate high_response_time --data data
              varve alert enable high_error_rate --threshold 0.02 --data data
            """)

    @Argument(help: "The rules' ids.") var rules: [String]
    @OptionGroup var data: DataOption
    @OptionGroup var by: ByOption
    @Option(help: "Another threshold than the rule's own.") var threshold: Double?

    func run() async throws {
        try await Self.set(rules, to: true, threshold, data.path, by.name)
    }

    static func set(_ ids: [String], to isEnabled: Bool, _ threshold: Double?, _ data: String, _ by: String) async throws {
        let set = try RuleSet.of(data)
        for id in ids { _ = try AlertCommands.rule(id, set, nil) }
        for id in ids {
            if let threshold {
                try await AlertCommands.append(AlertAct.threshold(id, threshold, by: by, at: AlertCommands.now), at: data)
            }
            try await AlertCommands.append(AlertAct.enable(id, isEnabled, by: by, at: AlertCommands.now), at: data)
            try Output.standard.line("\(id) is \(isEnabled ? "enabled" : "off")")
        }
    }

    func validate() throws {
        if let threshold, !threshold.isFinite { throw ValidationError("--threshold must be a number.") }
    }
}

struct AlertDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Switch rules off.",
        discussion: """
            varve alert disable queue_backlog --data data
            """)

    @Argument(help: "The rules' ids.") var rules: [String]
    @OptionGroup var data: DataOption
    @OptionGroup var by: ByOption

    func run() async throws {
        try await AlertEnable.set(rules, to: false, nil, data.path, by.name)
    }
}
