import ArgumentParser
import Foundation
import VarveAlerts
import VarveEvents
import VarveIngest
import VarveSettings
import VarveWire
import VarveWorkspace

struct AlertTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Check rules against test events and the instants they must fire at.",
        discussion: """
            A file of tests names rules, files of events, and what each alert must come to:
            exactly these, by the evaluator of the server.

              rules: rules.yaml
              tests:
                - name: fires after five minutes
                  events: outage.ndjson
                  from: 2026-03-02T10:00:00Z
                  to: 2026-03-02T11:00:00Z
                  expect:
                    - {rule: errors, pending_at: 2026-03-02T10:11:00Z, firing_at: 2026-03-02T10:16:00Z,
                       resolved_at: 2026-03-02T10:21:00Z, labels: {}}

              varve alert test rules-test.yaml

            Exit codes: 0 all are as expected, 2 one is not, 78 a file cannot be read.
            """)

    @Argument(help: "Files of tests.") var files: [String]

    func run() async throws {
        var failed = 0
        for file in files {
            let root = try SettingsNode.parse(try SettingsText.read(file, option: "test"), file: file)
            let map = try root.mapping(keys: ["rules", "tests"])
            let folder = (file as NSString).deletingLastPathComponent
            func path(_ name: String) -> String { name.hasPrefix("/") || folder.isEmpty ? name : "\(folder)/\(name)" }
            let set = try RuleSet.read(path(try map.required("rules").string()))
            for error in set.errors { throw error }
            for item in try map.required("tests").items() {
                if try await !check(item, set.rules, path) { failed += 1 }
            }
        }
        try Output.standard.flush()
        if failed > 0 { throw ExitStatus.damageOrDifference.exitCode }
    }

    private func check(_ node: SettingsNode, _ rules: [AlertRule], _ path: (String) -> String) async throws -> Bool {
        let map = try node.mapping(keys: ["name", "events", "from", "to", "expect"])
        let name = try map.required("name").string()
        let expected = try map.required("expect")
        let wanted = Set(try (expected.kind == .null ? [] : expected.items()).map(Self.expectation))
        let chosen = rules.map { rule in
            var rule = rule
            // A rule that is built in takes part where it is expected.
            if wanted.contains(where: { $0.hasPrefix("\(rule.id) ") }) { rule.isEnabled = true }
            return rule
        }
        let scratch = FileManager.default.temporaryDirectory.appending(path: "varve-alert-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let workspace = try await Workspace.open(at: scratch.path(percentEncoded: false))
        for item in try map.required("events").oneOrMore() {
            let text = try SettingsText.read(path(try item.string()), option: "events")
            var body = try workspace.body(DecodeOptions(.ndjson, now: AlertCommands.now))
            try Array(text.utf8).withUnsafeBytes { try body.feed($0) }
            try await body.append()
            let (receipt, _) = try await body.finish()
            guard receipt.rejected == 0 else {
                throw item.error(.badValue, "\(receipt.rejected) of its events are refused")
            }
        }
        let result = try await AlertReplay.run(
            chosen, AlertCommands.views(at: workspace.path), from: try map["from"].map(Self.moment),
            to: try map["to"].map(Self.moment), over: workspace)
        try await workspace.close()
        let found = Set(result.episodes.map(Self.text))
        guard found != wanted else {
            try Output.standard.line("ok    \(name)")
            return true
        }
        try Output.standard.line("FAIL  \(name)")
        for text in wanted.subtracting(found).sorted() { try Output.standard.line("  expected: \(text)") }
        for text in found.subtracting(wanted).sorted() { try Output.standard.line("  found:    \(text)") }
        return false
    }

    private static func moment(_ node: SettingsNode) throws(SettingsError) -> Timestamp {
        guard let moment = MomentText(try node.string()) else { throw node.error(.wrongType, "\(node.name) is no moment") }
        return moment.timestamp
    }

    private static func expectation(_ node: SettingsNode) throws(SettingsError) -> String {
        let map = try node.mapping(keys: ["rule", "labels", "pending_at", "firing_at", "resolved_at"])
        var labels: [String] = []
        for entry in try map["labels"]?.entries() ?? [] { labels.append("\(entry.key)=\(try entry.value.string())") }
        let times = try [map.required("pending_at"), map["firing_at"], map["resolved_at"]].map { node throws(SettingsError) in
            try node.map { node throws(SettingsError) in RFC3339.text(try moment(node)) } ?? "-"
        }
        return "\(try map.required("rule").string()) {\(labels.sorted().joined(separator: ","))} " + times.joined(separator: " ")
    }

    private static func text(_ episode: AlertEpisode) -> String {
        let times = [episode.pendingAt, episode.firingAt, episode.resolvedAt].map { $0.map { RFC3339.text($0) } ?? "-" }
        let labels = episode.labels.all.map { "\($0.name)=\($0.value ?? "")" }.sorted().joined(separator: ",")
        return "\(episode.rule.id) {\(labels)} " + times.joined(separator: " ")
    }
}
