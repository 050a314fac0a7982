import Foundation
import Logging
import ServiceLifecycle
import Testing
import VarveCatalog
import VarveEvents
import VarveLog
import VarveProjections
import VarveViews
import VarveWorkspace

struct LifecycleTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `writer, projector and feed stop when the group is asked to, and nothing is lost`() async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path)
        try await workspace.append(WorkspaceFolder.batch(0..<100))
        let projector = ProjectorService(workspace, views: [.mergeable(.volume)], logger: Self.logger)
        let group = ServiceGroup(services: [WorkspaceService(workspace, logger: Self.logger), projector], logger: Self.logger)
        let running = Task { try await group.run() }
        var iterator = workspace.feed.subscribe(from: Offset(0)).makeAsyncIterator()
        var seen = 0
        while seen < 100, case .events(let block)? = try await iterator.next() { seen += block.count }
        while workspace.readiness["projector main"] != .ready { try await Task.sleep(for: .milliseconds(5)) }
        try await workspace.append(WorkspaceFolder.batch(100..<200))
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(workspace.readiness["feed"] == .stopping && workspace.readiness["projector main"] == .stopping)
        var rest = 0
        while let step = try await iterator.next() { if case .events(let block) = step { rest += block.count } }
        #expect(rest == 0 || rest == 100)
        // The directory is free, and everything is in it.
        let again = try await Workspace.open(at: folder.path)
        #expect(try await again.snapshot().durable == Offset(200))
        let status = try await again.projectors()
        #expect(status.map(\.name) == ["main"] && status[0].state == .stopped)
        try await again.close()
    }

    @Test func `cancelling the task of a service ends it as well`() async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path)
        try await workspace.append(WorkspaceFolder.batch(0..<10))
        let projector = Task {
            try await ProjectorService(workspace, views: [.mergeable(.volume)], logger: Self.logger).run()
        }
        while workspace.readiness["projector main"] != .ready { try await Task.sleep(for: .milliseconds(5)) }
        projector.cancel()
        try await projector.value
        let writer = Task { try await WorkspaceService(workspace, logger: Self.logger).run() }
        writer.cancel()
        try await writer.value
        await #expect(throws: WorkspaceError.self) { try await workspace.append(WorkspaceFolder.batch(0..<1)) }
    }

    @Test func `a directory that another one writes is refused with the holder's name`() async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path)
        do {
            _ = try await Workspace.open(at: folder.path)
            Issue.record("two writers were opened")
        } catch {
            #expect(error.log?.code == .lockHeld && error.message.contains("pid"), "\(error)")
            #expect(error.place == folder.path)
        }
        try await workspace.close()
    }
}
