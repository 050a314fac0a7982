import Foundation
import Logging
import Synchronization
import Testing
import VarveEvents
import VarveLog
import VarveOutbound
import VarveSettings
import VarveWorkspace

@testable import VarveAlerts

/// What alerts set going.
struct ActionTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let open = AddressRules(allow: [AddressBlock("127.0.0.0/8")].compactMap { $0 })

    private func settings(_ text: String) throws -> [ActionSettings] {
        try ActionSettings.read(
            SettingsNode.parse(text, file: "a.yaml"), channels: ["phone"], file: { _ in "key of the test\n" },
            variable: { _ in nil })
    }

    private func system() async throws -> (Workspace, String) {
        let path = FileManager.default.temporaryDirectory.appending(path: "varve-actions-\(UUID().uuidString)").path(
            percentEncoded: false)
        return (try await Workspace.open(at: path), path)
    }

    private func steps(_ path: String) throws -> [(signal: String, event: Event)] {
        var all: [(String, Event)] = []
        let reader = try LogReader.open(at: path)
        try reader.scan(0..<reader.durable().value) { batch in
            batch.forEachEvent { _, event in all.append((String(event.signal.dropFirst("action.".count)), event)) }
        }
        return all
    }

    /// The notice's alert, as firing at a second.
    private func firing(_ second: Int = 0) throws -> SaidChange {
        var alert = try BodyTests.notice(.firing).alerts[0]
        alert.change.at = Minutes.time(16) + .seconds(second)
        alert.change.firingAt = alert.change.at
        return alert
    }

    @Test func `a command is run once for a firing, with what it is about, and its end is recorded`() async throws {
        let (system, path) = try await system()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let actions = try settings(
            """
            {a: {command: [/bin/sh, -c, "echo $VARVE_RULE; echo $VARVE_ALERT | head -c 20; echo $HOME; exit 3"],
                 escalate: [phone]}}
            """)
        let runner = ActionRunner(actions, AddressRules(), system: system, log: ActionLog(), logger: Self.quiet)
        let alert = try firing()
        for round in 0..<3 {
            let told = await runner.run([alert]) { _ in ["a"] }
            #expect(told.count == (round == 0 ? 1 : 0) && told.allSatisfy { $0.1 == ["phone"] })
        }
        let found = try steps(path)
        #expect(found.map(\.signal) == ["intended", "failed"])
        let end = try #require(found.last?.event)
        #expect(end[attribute: "exit_code"] == .int64(3))
        #expect(end[attribute: "output"] == .string("queue_backlog\n{\"receiver\":\"a\",\"sta\n"), "\(end)")
        // After a start it is known.
        let again = ActionRunner(
            actions, AddressRules(), system: system, log: try ActionLog.read(LogReader.open(at: path)), logger: Self.quiet)
        _ = await again.run([alert]) { _ in ["a", "none"] }
        #expect(try steps(path).map(\.signal) == ["intended", "failed", "suppressed"], "there is no action of that name")
        try await system.close()
    }

    @Test func `what runs too long is killed, whatever it started`() async throws {
        let late = await CommandRun(["/bin/sh", "-c", "trap '' TERM; echo begun; sleep 60; echo ended"], timeoutSeconds: 0.5)
            .run(environment: [:])
        #expect(late.end == .timeout && late.output == "begun\n")
        let much = await CommandRun(["/bin/sh", "-c", "head -c 1000000 /dev/zero; exit 0"], timeoutSeconds: 20).run(
            environment: [:])
        #expect(much.isSuccess && much.output.utf8.count == 4_096)
        let none = await CommandRun(["/nowhere/at/all"], timeoutSeconds: 1).run(environment: [:])
        guard case .failed = none.end else { Issue.record("\(none)"); return }
    }

    @Test func `a request is signed, and a kill sends it again under the same key`() async throws {
        let sink = try await HTTPSink.start()
        let (system, path) = try await system()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let actions = try settings("{a: {url: \"\(sink.url)/act\", key_file: k}}")
        let alert = try firing()
        let run = ActionLog.Run(action: "a", alertID: alert.alertID, at: alert.change.at.nanoseconds)
        // Killed behind the record.
        try await system.append([ActionLog.event(ActionLog.intended, run, rule: alert.rule, at: Minutes.time(16))])
        let runner = ActionRunner(
            actions, Self.open, system: system, log: try ActionLog.read(LogReader.open(at: path)), logger: Self.quiet)
        #expect(await runner.run([alert]) { _ in ["a"] }.isEmpty)
        #expect(try steps(path).map(\.signal) == ["intended", "succeeded"])
        let request = try #require(sink.requests.first)
        #expect(request.path == "/act" && request.key == "a|\(alert.alertID)|\(alert.change.at.nanoseconds)")
        // RFC 4231, case 2, and a key longer than a block (case 6).
        #expect(
            MessageSignature.hex(Array("what do ya want for nothing?".utf8), key: "Jefe")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let header = MessageSignature.header(Array("b".utf8), key: "k", seconds: 5)
        #expect(header == "t=5,v1=" + MessageSignature.hex(Array("5.b".utf8), key: "k"))
        // A command that was begun is not begun again.
        let command = try settings("{c: {command: [/bin/true]}}")
        let lost = ActionLog.Run(action: "c", alertID: alert.alertID, at: alert.change.at.nanoseconds)
        try await system.append([ActionLog.event(ActionLog.intended, lost, rule: alert.rule, at: Minutes.time(16))])
        let other = ActionRunner(
            command, Self.open, system: system, log: try ActionLog.read(LogReader.open(at: path)), logger: Self.quiet)
        _ = await other.run([alert]) { _ in ["c"] }
        #expect(try steps(path).map(\.signal).suffix(2) == ["intended", "failed"])
        try await system.close()
        try await sink.stop()
    }

    @Test func `dry runs, limits and a breaker`() async throws {
        let (system, path) = try await system()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let actions = try settings(
            """
            {dry: {command: [/bin/false], dry_run: true}, often: {command: [/bin/true], per_hour: 2},
             bad: {command: [/bin/false], breaker: 2}}
            """)
        let runner = ActionRunner(actions, AddressRules(), system: system, log: ActionLog(), logger: Self.quiet)
        for second in 0..<4 { _ = await runner.run([try firing(second)]) { _ in ["dry", "often", "bad"] } }
        let found = try steps(path)
        func signals(_ name: String) -> [String] { found.filter { $0.event[attribute: "action"] == .string(name) }.map(\.signal) }
        #expect(signals("dry") == ["suppressed", "suppressed", "suppressed", "suppressed"])
        #expect(signals("often") == ["intended", "succeeded", "intended", "succeeded", "suppressed", "suppressed"])
        #expect(signals("bad") == ["intended", "failed", "intended", "failed", "suppressed", "suppressed"])
        try await system.close()
    }

    @Test func `whether it helped is looked at`() async throws {
        let (system, path) = try await system()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let actions = try settings("{a: {command: [/bin/true], verify_after: 5m, escalate: [phone]}}")
        let time = Mutex(Minutes.time(20))
        let runner = ActionRunner(actions, AddressRules(), system: system, log: ActionLog(), logger: Self.quiet) {
            time.withLock { $0 }
        }
        var (first, second) = (try firing(), try firing())
        (first.alertID, second.alertID) = ("one", "two")
        _ = await runner.run([first, second]) { _ in ["a"] }
        #expect(await runner.verify([first]).isEmpty, "it is too early for the first; the second is over")
        time.withLock { $0 = Minutes.time(25) }
        let told = await runner.verify([first])
        #expect(told.map { $0.0.alertID } == ["one"] && told[0].1 == ["phone"])
        #expect(await runner.verify([first]).isEmpty)
        #expect(try steps(path).map(\.signal).suffix(2) == ["helped", "unhelpful"])
        try await system.close()
    }

    @Test(arguments: [
        ("{a: {command: [restart]}}", "whole path"), ("{a: {}}", "a command or a url"),
        ("{a: {command: [/bin/true], url: \"http://a\"}}", "one of them"),
        ("{a: {command: [/bin/true], timeout: 2h}}", "1s to 1h"),
        ("{a: {command: [/bin/true], escalate: [fax]}}", "no channel"),
        ("{a: {command: [/bin/true], shell: true}}", "unknown key"),
    ])
    func `an action that is set up wrongly is told of`(text: String, wanted: String) {
        #expect { _ = try settings(text) } throws: { error in "\(error)".contains(wanted) }
    }
}
