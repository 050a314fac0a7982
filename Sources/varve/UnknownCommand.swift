import ArgumentParser
import VarveEvents

/// Checks for an unknown command before the parser does: the parser would not suggest a command, and `help` would print the
/// first page without an error.
enum UnknownCommand {
    /// The first word of `arguments` that names no command, with similar names; nil if all are commands.
    static func find(in arguments: some Sequence<String>) -> CommandFailure? {
        var command: any ParsableCommand.Type = Varve.self
        var path = "varve"
        var words = Array(arguments)[...]
        if words.first == "help" { words.removeFirst() }
        while let word = words.popFirst(), !word.hasPrefix("-") {
            let known = command.configuration.subcommands
            if known.isEmpty { return nil }
            if let next = known.first(where: { name(of: $0) == word }) {
                command = next
                path += " \(word)"
                continue
            }
            // If a command has a default subcommand, the word may be its argument.
            if command.configuration.defaultSubcommand != nil { return nil }
            let names = known.map(name(of:))
            let near = NearNames.nearest(to: word, among: names, within: 2).first
            return CommandFailure(
                .usage, "there is no command '\(SafeText.escape(word))' in \(path)",
                next: near.map { "did you mean \(path) \($0)?" } ?? "there are: \(names.joined(separator: ", "))")
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }
}
