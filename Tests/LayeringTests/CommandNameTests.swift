import Testing

struct CommandNameTests {
    /// A command that does not say its name has it worked out from its type's description at every start, whichever command
    /// runs, and that searches the conformances of the whole program: 0.3 ms for each such command.
    @Test func `every command says its name first`() throws {
        var seen = 0
        for file in SourceTree.swiftFiles(below: "Sources/varve") {
            let lines = try SourceTree.lines(of: file)
            for (index, line) in lines.enumerated() where line.has("static let configuration = CommandConfiguration(") {
                let isNamed = line.has("(commandName: ") || lines[index + 1].has(" commandName: ")
                if !isNamed { Issue.record("\(file):\(index + 1) does not begin with commandName") }
                seen += 1
            }
        }
        #expect(seen > 60, "\(seen) commands found")
    }

    /// Whoever embeds these has no such commands; the program adds them to what an error says (`CommandFailure`).
    @Test(arguments: ["Events", "Disk", "BatchFormat", "Log", "Projections", "Views", "Ingest", "Workspace"])
    func `a library's texts name no command`(module: String) throws {
        let command = try Regex(
            "varve (log (verify|repair|compact|retain)|project|view (show|ls|prove|hash)|ingest[ `]+(-|opens))")
        let files = SourceTree.swiftFiles(below: "Sources/Varve" + module)
        #expect(files.count > 10, "\(files.count) files")
        for file in files {
            for (index, line) in try SourceTree.lines(of: file).enumerated()
            where line.has("varve ") && !line.trimmingPrefix(while: \.isWhitespace).hasPrefix("//") && line.contains(command) {
                Issue.record("\(file):\(index + 1) names a command: \(line)")
            }
        }
    }
}
