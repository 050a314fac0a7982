import Foundation
import Synchronization
import Testing
import VarveServer
import VarveTestSupport

/// A subscriber as an EventSource is one.
final class Subscriber: @unchecked Sendable {
    private let connection: RawConnection
    private var rest: [UInt8] = []
    let status: Int

    init(port: Int, _ query: String = "", lastEventID: Int? = nil) throws {
        connection = try RawConnection(port: port, timeoutSeconds: 30)
        try connection.request(
            "GET", "/api/v1/stream" + query, lastEventID.map { ["Last-Event-ID": "\($0)"] } ?? [:])
        status = try connection.head().status
    }

    /// The next message: its event, its id, and its data.
    func next() throws -> (event: String, id: Int?, data: [String: Any]) {
        while true {
            while let end = rest.firstRange(of: [0x0A, 0x0A]) {
                let text = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
                rest.removeSubrange(..<end.upperBound)
                var (event, id, data) = ("", Int?.none, "")
                for line in text.split(separator: "\n") {
                    if line.hasPrefix("event: ") { event = String(line.dropFirst(7)) }
                    if line.hasPrefix("id: ") { id = Int(line.dropFirst(4)) }
                    if line.hasPrefix("data: ") { data = String(line.dropFirst(6)) }
                }
                guard !event.isEmpty else { continue }
                let object = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
                return (event, id, object ?? [:])
            }
            let part = try connection.chunk()
            if part.isEmpty { throw RawConnection.Closed() }
            rest += part
        }
    }

    /// The ids of the next so many events.
    func events(_ count: Int) throws -> [Int] {
        var ids: [Int] = []
        while ids.count < count {
            let message = try next()
            guard message.event == "event" else { continue }
            #expect(message.data["offset"] as? Int == message.id)
            ids.append(message.id ?? -1)
        }
        return ids
    }
}

@Suite(.serialized) struct StreamTests {
    @Test func `a subscriber is given what is there and what comes, each once`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<3_000))
            let ids = try await onThread { () -> [Int] in
                let subscriber = try Subscriber(port: server.port, "?since=0")
                let first = try subscriber.events(3_000)
                let connection = try RawConnection(port: server.port)
                try connection.request("POST", "/api/v1/events", [:], Array(lines(3_000..<3_010).utf8))
                _ = try connection.reply()
                return first + (try subscriber.events(10))
            }
            #expect(ids == Array(0..<3_010))
        }
    }

    @Test(arguments: [0, 1, 41, 99]) func `a subscriber goes on behind the last event that it saw`(seen: Int) async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<100))
            _ = try await server.post(lines(100..<200))
            let ids = try await onThread { try Subscriber(port: server.port, lastEventID: seen).events(199 - seen) }
            #expect(ids == Array(seen + 1..<200))
            let since = try await onThread { try Subscriber(port: server.port, "?since=\(seen)").events(200 - seen) }
            #expect(since == Array(seen..<200))
        }
    }

    @Test func `a place behind the end of the log is refused, and the end itself is not`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            for (query, headers) in [("?since=11", [:]), ("", ["Last-Event-ID": "10"])] as [(String, [String: String])] {
                let refused = try await server.get("/api/v1/stream" + query, headers)
                #expect(refused.status == 400)
                #expect(refused.text.contains("the log ends at 10"), "\(refused.text)")
            }
            let ids = try await onThread { () -> [Int] in
                let subscriber = try Subscriber(port: server.port, lastEventID: 9)
                let connection = try RawConnection(port: server.port)
                try connection.request("POST", "/api/v1/events", [:], Array(lines(10..<12).utf8))
                _ = try connection.reply()
                return try subscriber.events(2)
            }
            #expect(ids == [10, 11])
        }
    }

    @Test func `a filter passes over what does not match`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<50, signal: "a.b") + lines(50..<60, signal: "c.d"))
            let ids = try await onThread { try Subscriber(port: server.port, "?since=0&signal=c.*&where=n%3E54").events(5) }
            #expect(ids == Array(55..<60))
        }
    }

    @Test func `without a place a subscriber is given what comes from now on`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<50))
            let ids = try await onThread { () -> [Int] in
                let subscriber = try Subscriber(port: server.port)
                let connection = try RawConnection(port: server.port)
                try connection.request("POST", "/api/v1/events", [:], Array(lines(50..<53).utf8))
                _ = try connection.reply()
                return try subscriber.events(3)
            }
            #expect(ids == [50, 51, 52])
        }
    }

    @Test func `health and changed views are told, and subscribers are counted`() async throws {
        try await ServerInProcess.with { server in
            let (event, offset) = try await onThread { () -> (String, Int?) in
                let message = try Subscriber(port: server.port, "?topics=health").next()
                return (message.event, message.data["offset"] as? Int)
            }
            #expect(event == "health" && offset == 0)
            try await waitUntil { try await server.get("/api/v1/status").int("streams") == 0 }
            #expect(try await server.get("/api/v1/status").int("streams") == 0, "one that is gone is forgotten")
            #expect(try await server.get("/api/v1/stream?topics=views").status == 400)
            _ = try await server.post(lines(0..<10))
            let change = try await onThread { () -> (Int, Int) in
                let subscriber = try Subscriber(port: server.port, "?topics=views&view=volume")
                let connection = try RawConnection(port: server.port)
                try connection.request("POST", "/api/v1/events", [:], Array(lines(10..<20).utf8))
                _ = try connection.reply()
                let message = try subscriber.next()
                return (message.data["offset"] as? Int ?? 0, (message.data["rows"] as? [Any])?.count ?? 0)
            }
            #expect(change == (20, 1))
        }
    }

    @Test func `what was said of alerts is told in its order`() async throws {
        try await ServerInProcess.with { server in
            let time = "2026-01-21T14:00:00Z"
            func alerts(_ numbers: Range<Int>) -> String {
                numbers.map { number in
                    "{\"time\":\"\(time)\",\"signal\":\"alert.triggered\",\"data\":{\"engine\":\"varve\","
                        + "\"alert_id\":\"a\(number)\",\"rule\":\"r\",\"severity\":\"info\",\"pending_at\":\"\(time)\","
                        + "\"window_from\":\"\(time)\",\"window_to\":\"\(time)\",\"labels\":{\"a\":\"b\"},\"log_offset\":0}}\n"
                }.joined()
            }
            for first in stride(from: 0, to: 300, by: 100) { _ = try await server.post(alerts(first..<first + 100)) }
            let ids = try await onThread { () -> [String] in
                let subscriber = try Subscriber(port: server.port, "?topics=alerts&since=0")
                return try (0..<300).map { _ in try subscriber.next().data["id"] as? String ?? "" }
            }
            #expect(ids == (0..<300).map { "a\($0)" })
        }
    }

    @Test func `a resumed subscriber sees each event once while the server is killed`() async throws {
        try await onThread {
            let folder = ServedFolder()
            var server = try RunningServer(folder.path)
            var (seen, sent) = ([Int](), 0)
            for round in 0..<4 {
                let connection = try RawConnection(port: server.port)
                try connection.request("POST", "/api/v1/events", [:], Array(lines(sent..<sent + 500).utf8))
                #expect(try connection.reply().status == 200)
                sent += 500
                let subscriber = try Subscriber(
                    port: server.port, seen.isEmpty ? "?since=0" : "", lastEventID: seen.last)
                seen += try subscriber.events(round == 3 ? sent - seen.count : 300)
                server.kill()
                if round < 3 { server = try RunningServer(folder.path) }
            }
            #expect(seen == Array(0..<2_000))
        }
    }
}
