import Foundation
import Testing
import VarveEvents
import VarveLog
import VarveProjections
import VarveViews

@testable import VarveWorkspace

struct WorkspaceAnswerTests {
    private static func events(_ count: Int, rollbacks: Int) -> [Event] {
        (0..<count).map { number in
            Event(
                time: Timestamp(nanoseconds: 1_767_225_600_000_000_000) + .seconds(number),
                signal: number < rollbacks ? "optimistic_action.rollback" : "optimistic_action.start",
                component: number.isMultiple(of: 2) ? "Cart" : "Pay")
        }
    }

    @Test func `a view is asked now, over a range, and as of an offset`() async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path)
        try await workspace.append(Self.events(100, rollbacks: 20))
        try await workspace.append(Self.events(100, rollbacks: 40))
        let view = try await workspace.view(named: "rollback_rate")
        let now = ViewRequest(view, source: .keptOrLog(projector: "main"), bucket: .all, by: [])
        var minute = now
        minute.to = Timestamp(nanoseconds: 1_767_225_600_000_000_000) + .seconds(20)
        var past = now
        past.asOf = .offset(Offset(100))
        let answers = try await workspace.answers(to: [now, minute, past])
        #expect(answers.map { $0.rows[0]["started"]?.int } == [140, 0, 80])
        #expect(answers.map { $0.rows[0]["rollbacks"]?.int } == [60, 40, 20])
        #expect(answers.map(\.offset.value) == [200, 200, 100] && answers[2].isPast)
        // The same from a projector's store, which the answer says.
        _ = try await workspace.run { [path = folder.path] in
            try Projector.open(at: path, all: [view]).runHere()
        }
        let kept = try await workspace.answer(now)
        #expect(kept.keptBy == "main" && kept.rows[0]["rollback_rate"] == answers[0].rows[0]["rollback_rate"])
        try await workspace.close()
    }

    @Test func `every view is described with its columns, and answers with them`() async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path)
        try await workspace.append(Self.events(10, rollbacks: 5))
        let text = "name: slow\nsignals: [optimistic_action.*]\ndimensions: [component]\nmeasures: {events: count}\n"
        try FileManager.default.createDirectory(at: folder.url.appending(path: "views"), withIntermediateDirectories: true)
        try text.write(to: folder.url.appending(path: "views/slow.yaml"), atomically: true, encoding: .utf8)
        try "name: [".write(to: folder.url.appending(path: "views/broken.yaml"), atomically: true, encoding: .utf8)
        let views = try await workspace.views()
        #expect(views.count > 20 && views.contains { $0.name == "sessions" && !$0.tables[0].columns.isEmpty })
        let rate = try #require(views.first { $0.name == "rollback_rate" })
        #expect(rate.isBuiltIn && rate.isCurrent && rate.meaning != nil && rate.buckets == [.minute, .hour, .day, .all])
        let saved = try #require(views.first { $0.name == "slow" })
        #expect(!saved.isBuiltIn && saved.kept == nil && saved.dimensions == ["component"])
        for view in [rate, saved] {
            let answer = try await workspace.answer(ViewRequest(view.view, source: .keptOrLog(projector: "main")))
            #expect(answer.columns == view.tables[0].columns)
        }
        #expect(try await workspace.brokenViewFiles().map { $0.path.hasSuffix("views/broken.yaml") } == [true])
        do {
            _ = try await workspace.view(named: "none")
            Issue.record("there is no such view")
        } catch { #expect(error.view?.code == .unknownView) }
        try await workspace.close()
    }

    @Test func `a question for which there is no view is answered from the log`() async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path)
        try await workspace.append(Self.events(10, rollbacks: 4))
        var request = QueryRequest()
        request.by = ["signal"]
        request.measures = [.count]
        #expect(try await workspace.query(request).rows.map { $0["count"]?.int } == [4, 6])
        #expect(try await workspace.plan(request).offsets == Offset(0)..<Offset(10))
        #expect(try await workspace.query(request, asOf: .offset(Offset(4))).rows.map { $0["count"]?.int } == [4])
        try await workspace.close()
    }

    @Test func `who waits is cancelled or refused, and who is answered is not`() async throws {
        let queue = WorkQueue(threads: 1, waitingMax: 2)
        let (started, begin) = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        let running = Task {
            try await queue.run {
                begin.yield()
                gate.wait()
                return 1
            }
        }
        for await _ in started { break }
        let waiting = (0..<2).map { number in Task { try await queue.run { number } } }
        while queue.waitingCount < 2 { try await Task.sleep(for: .milliseconds(1)) }
        do {
            _ = try await queue.run { 3 }
            Issue.record("three wait")
        } catch { #expect((error as? WorkspaceError)?.code == .busy) }
        waiting[0].cancel()
        do {
            _ = try await waiting[0].value
            Issue.record("a cancelled one was answered")
        } catch { #expect((error as? WorkspaceError)?.code == .cancelled) }
        #expect(queue.waitingCount == 1)
        gate.signal()
        #expect(try await running.value == 1)
        #expect(try await waiting[1].value == 1)
        queue.stop()
        do {
            _ = try await queue.run { 4 }
            Issue.record("a stopped queue ran something")
        } catch { #expect((error as? WorkspaceError)?.code == .cancelled) }
    }
}
