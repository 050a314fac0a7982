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
}
