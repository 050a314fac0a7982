import ArgumentParser

/// `varve incident`: what is broken, who has it, and what it was.
struct IncidentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident", abstract: "List and update incidents.",
        subcommands: [IncidentLs.self, IncidentUpdate.self])
}
