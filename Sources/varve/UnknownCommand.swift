import ArgumentParser
import VarveEvents

/// A command that does not exist, looked for before the parser does: it would not say what was meant, and `help` would print the
/// first page as if nothing were wrong.
enum UnknownCommand {
    /// The first word of `arguments` that names no command, with what is near to it; nil when each does.
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
            // Where a command has a default one, the word may be meant for that.
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
