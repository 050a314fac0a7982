import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// Listeners beside the HTTP port, with clients of the test's own.
@Suite(.serialized) struct ListenerTests {
    private static func settings(_ kind: ListenerSettings.Kind, _ transport: ListenerSettings.Transport) -> ListenerSettings {
        ListenerSettings(kind, transport, ListenAddress(host: "127.0.0.1", port: 0))
    }

    private func with(_ listener: ListenerSettings, _ body: (ServerInProcess, Int) async throws -> Void) async throws {
        try await ServerInProcess.with { $0.listeners = [listener] } _: { server in
            let address = try #require(try await Self.listener(server)["address"] as? String)
            try await body(server, try #require(address.split(separator: ":").last.flatMap { Int($0) }))
        }
    }

    private static func listener(_ server: ServerInProcess) async throws -> [String: Any] {
        let all = try await server.get("/api/v1/status").object()["listeners"] as? [[String: Any]]
        return try #require(all?.first)
    }

    /// Waits until so many events were appended.
    private func wait(_ server: ServerInProcess, for count: Int, _ what: String = "appended") async throws -> [String: Any] {
        try await waitUntil { try await (Self.listener(server)[what] as? Int ?? 0) >= count }
        return try await Self.listener(server)
    }

    private static func send(_ datagrams: [[UInt8]], to port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        for datagram in datagrams {
            _ = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(descriptor, datagram, datagram.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
    }

    @Test func `datagrams become events, and every one is counted`() async throws {
        try await with(Self.settings(.syslog, .udp)) { server, port in
            Self.send((0..<100).map { Array("<34>1 2026-03-01T10:00:00Z host app - - - number \($0)\n".utf8) }, to: port)
            Self.send([Array("not even a priority".utf8), Array("<1>1 - h".utf8)], to: port)
            let counts = try await wait(server, for: 101)
            #expect(counts["received"] as? Int == 102 && counts["dropped"] as? Int == 0)
            #expect((counts["appended"] as? Int ?? 0) + (counts["rejected"] as? Int ?? 0) == 102, "\(counts)")
            let events = try await server.get("/api/v1/events?where=component%3Dapp&limit=1000").text
            for number in 0..<100 { #expect(events.contains("\"message\":\"number \(number)\"")) }
            #expect(try await server.get("/metrics").text.contains("varve_listener_received_total{kind=\"syslog\""))
        }
    }

    @Test func `datagrams for which there is no room are dropped, and are counted`() async throws {
        var listener = Self.settings(.statsd, .udp)
        listener.waitingBytes = 300
        try await with(listener) { server, port in
            for _ in 0..<40 { Self.send((0..<50).map { Array("metric.number:\($0)|c".utf8) }, to: port) }
            try await Task.sleep(for: .milliseconds(500))
            let counts = try await wait(server, for: 1, "dropped")
            let (appended, dropped) = (counts["appended"] as? Int ?? 0, counts["dropped"] as? Int ?? 0)
            #expect(dropped > 0 && appended > 0 && appended + dropped == counts["received"] as? Int, "\(counts)")
        }
    }

    @Test func `a connection's messages are all taken, however slowly the log takes them`() async throws {
        var listener = Self.settings(.syslog, .tcp)
        listener.waitingBytes = 64 << 10
        try await with(listener) { server, port in
            try await onThread {
                let connection = try RawConnection(port: port)
                let lines = (0..<20_000).map { number -> String in
                    let message = "<34>1 2026-03-01T10:00:00Z host app - - - number \(number)"
                    return number % 2 == 0 ? message + "\n" : "\(message.utf8.count) \(message)"
                }
                try connection.send(lines.joined().utf8)
            }
            let counts = try await wait(server, for: 20_000)
            #expect(counts["appended"] as? Int == 20_000 && counts["rejected"] as? Int == 0, "\(counts)")
        }
    }

    @Test func `a chunk of Fluent's is acknowledged when it is durable, and sent again counts nothing twice`() async throws {
        try await with(Self.settings(.fluent, .tcp)) { server, port in
            let entry: [UInt8] = [0x92, 0xCE, 0x69, 0x55, 0xB9, 0x00, 0x81, 0xA3] + Array("log".utf8) + [0xA2] + Array("hi".utf8)
            let option: [UInt8] = [0x81, 0xA5] + Array("chunk".utf8) + [0xA2] + Array("c7".utf8)
            let message: [UInt8] = [0x93, 0xA1, 0x74, 0x91] + entry + option
            for _ in 0..<2 {
                let answer = try await onThread {
                    let connection = try RawConnection(port: port)
                    try connection.send(message)
                    return try connection.take(8)
                }
                #expect(answer == [0x81, 0xA3, 0x61, 0x63, 0x6B, 0xA2, 0x63, 0x37])
            }
            let counts = try await Self.listener(server)
            #expect(counts["appended"] as? Int == 1 && counts["duplicate"] as? Int == 1, "\(counts)")
            let other = try await onThread {
                let connection = try RawConnection(port: port)
                try connection.send([0x93, 0xA1, 0x75, 0x91] + entry + option)
                return try? connection.take(8)
            }
            #expect(other == nil, "the same chunk with other entries was acknowledged")
        }
    }

    @Test func `bytes that are none of the protocol end their connection and nothing else`() async throws {
        try await with(Self.settings(.gelf, .tcp)) { server, port in
            try await onThread {
                let good = Array("{\"short_message\":\"a\",\"host\":\"h\"}\0[1]\0".utf8)
                for bytes in [[UInt8](repeating: 0x61, count: 2 << 20), good] {
                    let connection = try RawConnection(port: port)
                    try? connection.send(bytes)
                }
            }
            // Two connections, of which either may be heard first.
            _ = try await wait(server, for: 1, "broken")
            let counts = try await wait(server, for: 1, "rejected")
            #expect(counts["appended"] as? Int == 1 && counts["rejected"] as? Int == 1, "\(counts)")
            #expect(counts["broken"] as? Int == 1, "\(counts)")
        }
    }

    @Test func `OTLP has a port of its own, with one memory of series`() async throws {
        try await ServerInProcess.with { $0.otlp = .at(ListenAddress(host: "127.0.0.1", port: 14_318)) } _: { server in
            let body = Array("{\"resourceLogs\":[]}".utf8)
            let reply = try await onThread {
                let connection = try RawConnection(port: 14_318)
                try connection.request("POST", "/v1/logs", ["Content-Type": "application/json"], body)
                return try connection.reply()
            }
            #expect(reply.status == 200 && reply.text == "{}", "\(reply.text)")
            let other = try await onThread {
                let connection = try RawConnection(port: 14_318)
                try connection.request("GET", "/api/v1/status", [:], [])
                return try connection.reply()
            }
            #expect(other.status == 404)
        }
    }

    @Test func `a greeting is for clients of Elasticsearch, a page for browsers`() async throws {
        try await ServerInProcess.with { server in
            let greeting = try await server.get("/", ["Accept": "application/vnd.elasticsearch+json;compatible-with=9"])
            #expect(greeting.status == 200 && greeting.headers["x-elastic-product"] == "Elasticsearch")
            #expect(try await server.get("/", ["Accept": "text/html"]).headers["content-type"]?.hasPrefix("text/html") == true)
            #expect(try await server.get("/_license").status == 200)
            #expect(try await server.get("/_cluster/health").status == 200)
            let line = Array("{\"create\":{}}\n{\"@timestamp\":\"2026-01-21T14:00:00Z\",\"message\":\"a\"}\n".utf8)
            let reply = try await server.call("POST", "/app/_bulk", ["Content-Type": "application/x-ndjson"], line)
            #expect(reply.status == 200 && reply.text.contains("\"_index\":\"app\""), "\(reply.text)")
        }
    }

    @Test func `settings of listeners are read strictly`() throws {
        let folder = ServedFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        func code(_ yaml: String) throws -> Int32 {
            let file = folder.path + "/varve.yaml"
            try Data(yaml.utf8).write(to: URL(filePath: file))
            return try RunningServer.run("config", "validate", "--config", file).code
        }
        #expect(try code("listeners:\n  - {kind: syslog, address: 'udp://127.0.0.1:5514', zone: Europe/Berlin}\n") == 0)
        for bad in [
            "{kind: syslog, adress: 'udp://127.0.0.1:1'}", "{kind: other, address: 'udp://127.0.0.1:1'}",
            "{kind: statsd, address: 'tcp://127.0.0.1:1'}", "{kind: fluent, address: 'udp://127.0.0.1:1'}",
            "{kind: syslog, address: '127.0.0.1:1'}", "{kind: syslog}",
            "{kind: syslog, address: 'udp://127.0.0.1:1', zone: Mars}",
        ] {
            #expect(try code("listeners:\n  - \(bad)\n") == 78, "\(bad)")
        }
    }
}
