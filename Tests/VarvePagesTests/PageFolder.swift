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
            try await workspace.append(evilEvents + incidentEvents + spanEvents + checkEvents)
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

    /// Two services, one of them under a name that wants to be markup: every tenth check of it fails, the last one too.
    private static var checkEvents: [Event] {
        (0..<40).map { number in
            let isEvil = number % 2 == 0
            let isBad = isEvil && number % 20 == 0
            return Event(
                time: Timestamp(nanoseconds: end - Int64(number) * minute), signal: "health.check",
                attributes: [
                    Attribute("error", .string(isBad ? evil : "")), Attribute("latency_ms", .double(Double(number))),
                    Attribute("service", .string(isEvil ? evil : "mail")),
                    Attribute("status", .string(isBad ? "unhealthy" : "healthy")),
                ])
        }.reversed()
    }

    private static let end: Int64 = 1_767_830_340_000_000_000
    private static let minute: Int64 = 60_000_000_000

    /// Somebody named an incident with what wants to be markup; another one is over.
    private static var incidentEvents: [Event] {
        func event(_ ago: Int64, _ signal: String, _ fields: [(String, String)]) -> Event {
            Event(
                time: Timestamp(nanoseconds: end - ago * minute), signal: signal,
                attributes: fields.sorted { $0.0 < $1.0 }.map { Attribute($0.0, .string($0.1)) })
        }
        return [
            event(
                300, "incident.opened",
                [("incident_id", "inc-a"), ("title", "Disk full"), ("severity", "low"), ("status", "open")]),
            event(200, "incident.updated", [("incident_id", "inc-a"), ("status", "resolved"), ("root_cause", "logs")]),
            event(
                90, "incident.opened", [("incident_id", "inc-b"), ("title", evil), ("severity", "critical"), ("status", "open")]),
            event(80, "incident.updated", [("incident_id", "inc-b"), ("status", "investigating")]),
            event(70, "incident.note", [("incident_id", "inc-b"), ("text", evil), ("by", evil)]),
        ]
    }

    /// Three services that call each other and a database, one of them under a name that wants to be markup.
    private static var spanEvents: [Event] {
        let calls = [("web", "bookings"), ("web", "payments"), ("bookings", "postgres"), ("payments", evil)]
        return (0..<40).map { number in
            let (service, peer) = calls[number % calls.count]
            let trace = String(repeating: "0", count: 30) + String(number / 4 + 16, radix: 16)
            return Event(
                time: Timestamp(nanoseconds: end - Int64(number) * minute), signal: "otel.span", component: service,
                attributes: [
                    Attribute("duration_ms", .double(Double(number * 7 % 50) + 0.5)),
                    Attribute("kind", .string(number % 4 == 0 ? "server" : "client")),
                    Attribute("name", .string("op \(number % 4)")),
                    Attribute("peer", .string(peer)), Attribute("span_id", .string(String(number + 4_096, radix: 16))),
                    Attribute("status", .string(number % 9 == 0 ? "error" : "ok")), Attribute("trace_id", .string(trace)),
                ])
        }
    }

    /// The page at an address, as the server asks for it.
    func page(_ target: String, _ sources: PageSources = PageSources()) async throws -> PageReply {
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
        return try await PageRenderer(workspace, sources).reply(to: PageState(path: String(parts[0]), items: items), facts)
    }
}
