import ArgumentParser
import VarveAlerts
import VarveDisk
import VarveSettings
import VarveWire

struct AlertLint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint", abstract: "Check files of rules.",
        discussion: """
            Every fault is one line: file:line:column: what is wrong, and often what was
            meant. Views and columns are looked up among those built in and, with --data,
            those of a data directory.

              varve alert lint rules.yaml
              varve alert lint rules/*.yaml --data data --json

            Exit codes: 0 nothing is wrong, 2 something is, 78 a file cannot be read.
            """)

    @Argument(help: "Files of rules, or folders of them.") var files: [String]
    @Option(name: .customLong("data"), help: ArgumentHelp("Whose views count too.", valueName: "dir")) var data: String?
    @Flag(help: "A JSON array with an object for every fault.") var json = false

    func run() throws {
        let views = AlertCommands.views(at: data ?? DataDirectory.usual ?? "")
        var findings: [SettingsError] = []
        var count = 0
        for file in files {
            let set = try RuleSet.read(file, withBuiltIn: false)
            findings += set.findings(views)
            count += set.rules.count
        }
        if json {
            try Output.standard.array(findings.lazy.map(Self.object))
        } else {
            for finding in findings { try Output.standard.line("\(finding)") }
            if findings.isEmpty { try Output.standard.line("\(count) rule\(count == 1 ? "" : "s"), nothing is wrong") }
        }
        try Output.standard.flush()
        if !findings.isEmpty { throw ExitStatus.damageOrDifference.exitCode }
    }

    private static func object(_ finding: SettingsError) -> String {
        var line = JSONLine()
        line.field("file", finding.file)
        line.field("line", finding.line)
        line.field("column", finding.column)
        line.field("code", finding.code.rawValue)
        line.field("message", finding.message)
        return line.text
    }
}
