import Foundation
import Testing

/// `docs/cli.md` is made of the commands' own help. `VARVE_WRITE_DOCS=1 swift test --filter CommandPageTests` writes it anew.
struct CommandPageTests {
    private struct Help: Decodable {
        struct Command: Decodable {
            var commandName: String
            var abstract: String?
            var superCommands: [String]?
            var subcommands: [Command]?
            var shouldDisplay: Bool?
        }

        var command: Command
    }

    private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/cli.md")

    private static func commands(_ command: Help.Command, _ path: [String]) -> [(path: [String], abstract: String)] {
        let own = path + [command.commandName]
        let below = (command.subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false }
        return [(own, command.abstract ?? "")] + below.flatMap { commands($0, own) }
    }

    private static func page() throws -> String {
        let dump = try BuiltCommand.run("--experimental-dump-help")
        let root = try JSONDecoder().decode(Help.self, from: Data(dump.out.utf8)).command
        let all = commands(root, [])
        var text = """
            # Commands

            Made of the commands' own help (`varve help COMMAND`) by `CommandPageTests`; edit the help, not this page.

            | command | what it does |
            |---|---|

            """
        for command in all.dropFirst() {
            let name = command.path.joined(separator: " ")
            text += "| [`\(name)`](#\(name.replacing(" ", with: "-"))) | \(command.abstract) |\n"
        }
        for command in all {
            let help = try BuiltCommand.start(["help"] + command.path.dropFirst()).finish().out
            let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.replacing(#/ +$/#, with: "") }.joined(separator: "\n")
            text += "\n## \(command.path.joined(separator: " "))\n\n```text\n\(lines.trimmingCharacters(in: .newlines))\n```\n"
        }
        return text
    }

    @Test func `the page of the commands says what their help says`() throws {
        let page = try Self.page()
        if ProcessInfo.processInfo.environment["VARVE_WRITE_DOCS"] != nil {
            try page.write(to: Self.path, atomically: true, encoding: .utf8)
        }
        let kept = try String(contentsOf: Self.path, encoding: .utf8)
        let (left, right) = (page.components(separatedBy: "\n"), kept.components(separatedBy: "\n"))
        let first = zip(left, right).first { $0 != $1 }
        #expect(
            page == kept,
            "VARVE_WRITE_DOCS=1 writes docs/cli.md anew; it says \(first?.1 ?? "more or less"), help \(first?.0 ?? "")")
    }
}
