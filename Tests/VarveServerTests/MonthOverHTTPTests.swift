import Foundation
import Synchronization
import Testing
import VarveTestSupport

/// A month of all systems through HTTP is the same month as through `ingest`: plain and packed, over eight connections, with
/// kills.
@Suite(.serialized) struct MonthOverHTTPTests {
    private static let events = 40_000
    private static let connections = 8
    private static let views = ["volume", "latency", "rollback_rate", "active_users"]

    private final class Progress: Sendable {
        let next = Atomic<Int>(0)
        let received = Atomic<Int>(0)
        let port: Atomic<Int>
        init(_ port: Int) { self.port = Atomic(port) }
    }

    @Test func `the views of what came over HTTP have the hashes of what came from the file`() async throws {
        try await onThread {
            let folder = ServedFolder()
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            let text = try RunningServer.run("generate", "--events", "\(Self.events)", "--system", "all").out
            let file = folder.path + "/all.ndjson"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try RunningServer.run("ingest", file, "--data", folder.path + "/file").code == 0)
            let data = folder.path + "/http"
            try Self.send(text.split(separator: "\n").map(String.init), data)
            for view in Self.views {
                let expected = try RunningServer.run("view", "hash", view, "--data", folder.path + "/file").out
                let found = try RunningServer.run("view", "hash", view, "--data", data).out
                #expect(found == expected && found.count == 65, "\(view)")
            }
        }
    }

    /// Eight connections send parts at once, half of them packed; the server is killed twice meanwhile.
    private static func send(_ lines: [String], _ data: String) throws {
        let parts = stride(from: 0, to: lines.count, by: 1_000).map { first in
            Array((lines[first..<min(first + 1_000, lines.count)].joined(separator: "\n") + "\n").utf8)
        }
        var server = try RunningServer(data)
        let progress = Progress(server.port)
        let done = DispatchGroup()
        for _ in 0..<connections {
            done.enter()
            Thread.detachNewThread {
                defer { done.leave() }
                while case let part = progress.next.add(1, ordering: .relaxed).oldValue, part < parts.count {
                    let isPacked = part % 2 == 1
                    let body = isPacked ? pack(parts[part], isGzip: true) : parts[part]
                    var headers = ["Idempotency-Key": "part \(part)"]
                    if isPacked { headers["Content-Encoding"] = "gzip" }
                    let reply = try? insist(
                        "/api/v1/events", headers, body, port: { progress.port.load(ordering: .relaxed) },
                        until: .now + .seconds(120))
                    let taken = try? (reply?.int("appended") ?? 0) + (reply?.int("duplicate") ?? 0)
                    progress.received.add(taken ?? 0, ordering: .relaxed)
                }
            }
        }
        for kill in 1...2 {
            while progress.received.load(ordering: .relaxed) < kill * lines.count / 4 { usleep(5_000) }
            server.kill()
            server = try RunningServer(data)
            progress.port.store(server.port, ordering: .relaxed)
        }
        done.wait()
        #expect(progress.received.load(ordering: .relaxed) == lines.count)
        #expect(server.stop() == 0)
    }
}
