import ArgumentParser

/// `varve incident`: what is broken, who has it, and what it was.
struct IncidentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident", abstract: "List incidents, and say who has them and what they were.",
        subcommands: [IncidentLs.self, IncidentUpdate.self])
}
