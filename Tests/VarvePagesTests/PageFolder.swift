import Foundation
import VarveCatalog
import VarveEvents
import VarvePages
import VarveWorkspace

/// A workspace with a week of made-up traffic, and a few names that want to be markup.
struct PageFolder {
    let path: String
    let workspace: Workspace
    static let evil = "<script>alert(\"x\")</script>&'"

    static func with(events: Int = 4_000, _ body: (PageFolder) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "varve-pages-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let workspace = try await Workspace.open(at: path)
        if events > 0 {
            var options = TrafficOptions(events: events)
            options.days = 7
            var generator = TrafficGenerator(options)
            var builder = BatchBuilder()
            while generator.fill(&builder) > 0 {
                try await workspace.append(builder.finish())
                builder = BatchBuilder()
            }
            try await workspace.append(evilEvents)
        }
        try await body(PageFolder(path: path, workspace: workspace))
        try await workspace.close()
    }

    private static var evilEvents: [Event] {
        (0..<30).map { number in
            Event(
                time: Timestamp(nanoseconds: 1_767_830_340_000_000_000 + Int64(number)),
                signal: number % 2 == 0 ? "optimistic_action.start" : "optimistic_action.rollback", component: evil,
                session: evil,
                user: evil, attributes: [Attribute("message", .string(evil)), Attribute("rollback_reason", .string(evil))])
        }
    }

    /// The page at an address, as the server asks for it.
    func page(_ target: String) async throws -> PageReply {
        let parts = target.split(separator: "?", maxSplits: 1)
        let items =
            parts.count < 2
            ? []
            : parts[1].split(separator: "&").map { item -> PageState.Item in
                let pair = item.split(separator: "=", maxSplits: 1).map { $0.removingPercentEncoding ?? String($0) }
                return PageState.Item(pair[0], pair.count > 1 ? pair[1] : "")
            }
        let facts = ServerFacts(
            address: "http://test", version: "test", retentionDays: 30, memoryBytes: 1, uptimeSeconds: 1, streams: 0,
            connections: 1, clock: Timestamp(nanoseconds: 1_767_830_400_000_000_000))
        return try await PageMaker(workspace).reply(to: PageState(path: String(parts[0]), items: items), facts)
    }
}
