import ArgumentParser
import Foundation
import VarveAlerts
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveServer
import VarveSettings
import VarveWire
import VarveWorkspace

/// Which rules a command is about.
struct RulesOption: ParsableArguments {
    @Option(
        name: .customLong("rules"),
        help: ArgumentHelp("A file of rules, or a folder of them; by default rules in the data directory.", valueName: "path"))
    var path: String?

    /// The rules, and those built in.
    func read(at data: String) throws -> RuleSet {
        let set = try path.map { path throws(SettingsError) in try RuleSet.read(path) } ?? RuleSet.of(data)
        for error in set.errors { Output.error("note: a rule is left out: \(error)\n") }
        return set
    }
}

/// Who does it.
struct ByOption: ParsableArguments {
    @Option(name: .customLong("by"), help: ArgumentHelp("Who does it; by default $USER.", valueName: "name")) var given: String?

    var name: String { given ?? ProcessInfo.processInfo.environment["USER"] ?? "" }
}

/// What commands on alerts share.
enum AlertCommands {
    static var now: Timestamp { Timestamp(nanoseconds: wallClockNanoseconds()) }

    static func views(at data: String) -> RuleViews { RuleViews(FoundViews(at: data).views) }

    /// What was said in the log of a data directory.
    static func history(_ data: String) throws -> AlertHistory {
        try DataDirectory.check(data)
        return try AlertHistory.read(LogReader.open(at: data))
    }

    /// Appends what somebody did: through the server that holds the directory, where there is one.
    static func append(_ event: Event, at data: String) async throws {
        try DataDirectory.check(data)
        if let client = try? ControlClient(data: data) {
            try send(event, client, data)
            return try await AuditedCommand.note(event, at: data)
        }
        do throws(WorkspaceError) {
            let workspace = try await Workspace.open(at: data)
            try await workspace.append([event])
            try await workspace.close()
        } catch {
            if let log = error.log { throw CommandFailure(log) }
            if let disk = error.disk { throw CommandFailure(disk) }
            throw CommandFailure(.failure, error.message)
        }
        try await AuditedCommand.note(event, at: data)
    }

    private static func send(_ event: Event, _ client: ControlClient, _ data: String) throws {
        var printer = EventPrinter()
        printer.print(event, offset: nil)
        let answer: ControlClient.Answer
        do throws(ControlClient.Unreachable) {
            try client.begin("POST", "/api/v1/events", [("Content-Type", "application/x-ndjson")])
            try client.send(printer.bytes)
            answer = try client.finish()
        } catch {
            throw CommandFailure(.unavailable, "the server that holds the directory went away before it answered", place: data)
        }
        guard answer.status != 200 else { return }
        let object = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        throw CommandFailure(.failure, object?["detail"] as? String ?? "the server answered \(answer.status)", place: data)
    }

    /// The directory, to be read; another process may write to it.
    static func reading(_ data: String) async throws -> Workspace {
        var options = Workspace.Options()
        options.writes = false
        do throws(WorkspaceError) { return try await Workspace.open(at: data, options: options) } catch {
            if let log = error.log { throw CommandFailure(log) }
            throw CommandFailure(.failure, error.message)
        }
    }

    /// What rules would have said of the past of a directory.
    static func replay(
        _ rules: [AlertRule], _ views: RuleViews, from: Timestamp?, to: Timestamp?, at data: String
    ) async throws -> AlertReplay.Result {
        try await AlertReplay.run(rules, views, from: from, to: to, over: try await reading(data))
    }

    static func refused(_ refusal: AlertAct.Refusal) -> CommandFailure { CommandFailure(.usage, refusal.description) }

    /// The rule `id`, as it is set.
    static func rule(_ id: String, _ set: RuleSet, _ history: AlertHistory?) throws -> AlertRule {
        guard let rule = set.rules.first(where: { $0.id == id }) else {
            let near = NearNames.nearest(to: id, among: set.rules.map(\.id), within: 3).first
            throw CommandFailure(
                .usage, "there is no rule '\(id)'", next: near.map { "did you mean \($0)?" } ?? "varve alert ls --all lists them")
        }
        return history?.settings.applied(to: rule) ?? rule
    }

    static func labels(_ labels: AlertLabels) -> String { labels.all.isEmpty ? "-" : labels.description }
}
