import Foundation
import Synchronization
import Testing
import VarveTestSupport

/// Clients that retry with their keys while the server is killed again and again: what was acknowledged is there, and nothing
/// twice. The bodies have no ids, so a second append would be seen. `VARVE_SERVE_KILLS` makes it longer.
@Suite(.serialized) struct KillTests {
    private static let kills = Int(ProcessInfo.processInfo.environment["VARVE_SERVE_KILLS"] ?? "") ?? 6
    private static let clients = 4
    private static let perBody = 200

    private final class Shared: Sendable {
        let port = Mutex(0)
        let isDone = Mutex(false)
        let acknowledged = Mutex<Set<Int>>([])
        let retried = Mutex(0)
    }

    @Test func `nothing acknowledged is missing, and nothing is there twice`() async throws {
        let folder = ServedFolder()
        let shared = Shared()
        let first = try RunningServer(folder.path)
        shared.port.withLock { $0 = first.port }
        let killer = Task.detached {
            try await onThread { try Self.killAndRestart(first, folder.path, shared) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<Self.clients {
                group.addTask { try await onThread { try Self.send(client, shared) } }
            }
            try await group.waitForAll()
        }
        let server = try await killer.value
        let found = try await onThread { try Self.numbers(server.port) }
        #expect(found.count == Set(found).count, "\(found.count - Set(found).count) events are there twice")
        let acknowledged = shared.acknowledged.withLock { $0 }
        #expect(acknowledged.subtracting(found).isEmpty, "acknowledged and missing")
        #expect(Set(found) == acknowledged, "all was retried until it was acknowledged")
        #expect(acknowledged.count > Self.perBody * Self.clients)
        #expect(shared.retried.withLock { $0 } > 0, "no request was ever retried: the kills hit nothing")
        server.kill()
    }

    private static func killAndRestart(_ first: RunningServer, _ path: String, _ shared: Shared) throws -> RunningServer {
        var server = first
        for kill in 0..<kills {
            // Not before something was acknowledged since the last one.
            let before = shared.acknowledged.withLock { $0.count }
            for _ in 0..<3_000 where shared.acknowledged.withLock({ $0.count }) < before + clients * perBody { usleep(10_000) }
            // Another moment each time: in the middle of a body, of a sync, of an answer.
            usleep(UInt32(40_000 + (kill &* 7_919) % 180_000))
            server.kill()
            server = try RunningServer(path)
            shared.port.withLock { $0 = server.port }
        }
        shared.isDone.withLock { $0 = true }
        return server
    }

    private static func send(_ client: Int, _ shared: Shared) throws {
        var body = 0
        while !shared.isDone.withLock({ $0 }) {
            let first = (client * 1_000_000) + body * perBody
            let range = first..<first + perBody
            var tries = 0
            let reply = try insist(
                "/api/v1/events", ["Idempotency-Key": "c\(client)-\(body)"], Array(lines(range).utf8),
                port: {
                    tries += 1
                    return shared.port.withLock { $0 }
                }, until: .now + .seconds(120))
            #expect(reply.status == 200, "\(reply.text)")
            #expect(try reply.int("appended") + reply.int("duplicate") == perBody)
            if tries > 1 { shared.retried.withLock { $0 += 1 } }
            shared.acknowledged.withLock { $0.formUnion(range) }
            body += 1
        }
    }

    /// The number of every event in the log.
    private static func numbers(_ port: Int) throws -> [Int] {
        var found: [Int] = []
        var cursor: String? = "0"
        while let from = cursor {
            let connection = try RawConnection(port: port)
            try connection.request("GET", "/api/v1/events?limit=10000&cursor=\(from)")
            let reply = try connection.reply()
            for line in reply.text.split(separator: "\n") {
                let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                found.append((event?["data"] as? [String: Any])?["n"] as? Int ?? -1)
            }
            cursor = reply.headers["varve-next-cursor"]
        }
        return found
    }
}
