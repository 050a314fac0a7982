import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// Abuses by their numbers in docs/security.md: each has its answer, memory stays, and others are served.
@Suite(.serialized) struct AbuseTests {
    /// The status that comes back for bytes; 0 for a connection that is closed without one.
    private func status(_ server: ServerInProcess, _ bytes: [UInt8], seconds: Int = 60) async throws -> Int {
        try await onThread { [port = server.port] in
            let connection = try RawConnection(port: port, timeoutSeconds: seconds)
            do {
                try connection.send(bytes)
                return try connection.head().status
            } catch {
                return 0
            }
        }
    }

    private func events(_ server: ServerInProcess) async throws -> Int { try await server.get("/api/v1/status").int("offset") }

    @Test func `T43: of a body that breaks off nothing is stored, wherever it breaks`() async throws {
        try await ServerInProcess.with { server in
            let body = lines(0..<3)
            let requests = [
                "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
                "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n",
            ].map { Array($0.utf8) }
            try await onThread { [port = server.port] in
                for request in requests {
                    // All but the last byte is no request yet.
                    for cut in stride(from: 1, to: request.count - 5, by: 3) {
                        let connection = try RawConnection(port: port)
                        try connection.send(request[..<cut])
                    }
                }
            }
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await events(server) == 0)
            for request in requests { #expect(try await status(server, request) == 200) }
            #expect(try await events(server) == 6)
            #expect(try await server.get("/api/v1/status").int("bytes_in_flight") == 0)
        }
    }

    @Test func `T43, S13: what two servers could read in two ways is refused`() async throws {
        let shapes = [
            "Content-Length: 4\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 4",
            "Content-Length: 4\r\nContent-Length: 5", "Content-Length: 4, 5", "Content-Length: +4", "Content-Length: -4",
            "Content-Length: 0x4", "Content-Length: 4 4", "Content-Length: four", "Content-Length: 99999999999999999999",
            "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity, gzip",
            "Transfer-Encoding : chunked", "Content-Length : 4", "X: a\r\n Content-Length: 4\r\nContent-Length: 5",
            "X: a\u{0}b", " X: a", "X y: a", ": a", "X\u{1}: a",
        ]
        try await ServerInProcess.with { server in
            for shape in shapes {
                let request =
                    "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\(shape)\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\n\r\n"
                let answers = try await onThread { [port = server.port] () -> String in
                    let connection = try RawConnection(port: port, timeoutSeconds: 5)
                    try? connection.send(request)
                    var all: [UInt8] = []
                    while let more = try? connection.more() { all += more }
                    return String(decoding: all, as: UTF8.self)
                }
                // The second request, which one of two servers would see, gets no answer.
                #expect(!answers.contains("200 OK"), "\(shape): \(answers)")
            }
            #expect(try await events(server) == 0)
            #expect(try await server.get("/livez").status == 200)
        }
    }

    @Test func `T44: heads and bodies that trickle are cut off, and others are served`() async throws {
        var limits = ServerLimits()
        (limits.headSeconds, limits.bodyGraceSeconds, limits.bodyBytesPerSecond) = (1, 1, 16)
        try await ServerInProcess.with(limits: limits) { server in
            let starts = [
                "GET /livez HTTP/1.1\r\n",
                "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n",
            ]
            let slow = try await onThread { [port = server.port] in
                try (0..<200).map { number in
                    let connection = try RawConnection(port: port, timeoutSeconds: 20)
                    try connection.send(starts[number % 2])
                    return connection
                }
            }
            let cut = Task {
                try await onThread {
                    // A byte every so often keeps any timer of idle connections from ending.
                    for _ in 0..<40 {
                        for connection in slow { try? connection.send("a") }
                        usleep(100_000)
                    }
                    return slow.allSatisfy { $0.isClosed }
                }
            }
            for number in 0..<20 {
                #expect(try await server.post(lines(number..<(number + 1))).int("appended") == 1)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(try await cut.value)
            #expect(try await server.get("/api/v1/status").int("connections") < 20)
        }
    }

    @Test func `T44: connections up to the limit that ask nothing end, and the next ones are served`() async throws {
        var limits = ServerLimits()
        (limits.connections, limits.idleSeconds) = (32, 2)
        try await ServerInProcess.with(limits: limits) { server in
            let idle = try await onThread { [port = server.port] in
                try (0..<40).map { _ in try RawConnection(port: port, timeoutSeconds: 20) }
            }
            // It waits until the idle ones are gone.
            #expect(try await server.get("/livez").status == 200)
            #expect(try await onThread { idle.prefix(32).allSatisfy { $0.isClosed } })
        }
    }

    @Test func `T59, T60: a token that is guessed is slowed, and the right one is not`() async throws {
        try await ServerInProcess.with { server in
            let made = try TokenStore(at: server.folder).create(name: "a", scopes: [.read])
            try await Task.sleep(for: .milliseconds(600))
            let refused = try await onThread { [port = server.port] () -> [Int] in
                let connection = try RawConnection(port: port)
                var statuses: [Int] = []
                // Guessed slowly, more are looked at before the minute's number is reached.
                while statuses.last != 429, statuses.count < 1_000 {
                    let guess = made.token.id + ".guess\(statuses.count)"
                    try connection.request("GET", "/api/v1/status", ["Authorization": "Bearer \(guess)"])
                    statuses.append(try connection.reply().status)
                }
                return statuses
            }
            #expect(refused.count > 60 && refused.dropLast().allSatisfy { $0 == 401 } && refused.last == 429, "\(refused)")
            #expect(try await server.get("/api/v1/status", ["Authorization": "Bearer \(made.secret)"]).status == 200)
        }
    }

    @Test func `T61: a request that is sent again changes nothing`() async throws {
        try await ServerInProcess.with { server in
            for headers in [
                ["Idempotency-Key": "k"], ["Varve-Producer": "p", "Varve-Epoch": "1", "Varve-Sequence": "0"],
            ] {
                let first = try await server.post(lines(0..<10), headers)
                #expect(try first.int("appended") == 10)
                for _ in 0..<5 { #expect(try await server.post(lines(0..<10), headers).int("duplicate") == 10) }
            }
            #expect(try await events(server) == 20)
        }
    }

    @Test func `T62: ten thousand requests at once on one connection are answered in order`() async throws {
        // In a process of its own, so that its memory is only its own.
        try await onThread {
            let folder = ServedFolder()
            let server = try RunningServer(folder.path)
            let count = 10_000
            let connection = try RawConnection(port: server.port)
            let one = Array("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
            let all = Array(repeatElement(one, count: count).joined())
            Thread.detachNewThread { try? connection.send(all) }
            var answered = 0
            for _ in 0..<count where try connection.reply().status == 200 { answered += 1 }
            #expect(answered == count)
            let last = try RawConnection(port: server.port)
            try last.request("GET", "/api/v1/status")
            #expect(try last.reply().int("memory_bytes") < 256 << 20)
        }
    }

    @Test func `T63: HTTP/2 is not spoken, and its preface is refused`() async throws {
        try await ServerInProcess.with { server in
            let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
            let code = try await status(server, preface)
            #expect(code == 0 || (400..<600).contains(code), "\(code)")
            let upgrade =
                "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
            #expect(try await status(server, Array(upgrade.utf8)) == 200)
            #expect(try await server.get("/livez").status == 200)
        }
    }

    @Test func `T64: without descriptors it goes on as soon as there are some`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let server = try RunningServer(
                folder.path, through: ["/bin/sh", "-c", "ulimit -n 96; exec \"$0\" \"$@\""])
            var held = (0..<160).compactMap { _ in try? RawConnection(port: server.port, timeoutSeconds: 5) }
            for connection in held { try? connection.send("GET /livez HTTP/1.1\r\n") }
            usleep(500_000)
            held.removeAll()
            var status = 0
            for _ in 0..<100 where status != 200 {
                usleep(100_000)
                guard let connection = try? RawConnection(port: server.port, timeoutSeconds: 5) else { continue }
                try? connection.request("POST", "/api/v1/events", [:], Array(lines(0..<1).utf8))
                status = (try? connection.reply().status) ?? 0
            }
            #expect(status == 200)
            #expect(server.stop() == 0)
        }
    }

    @Test func `bodies without an end are cut where a route takes a small one`() async throws {
        try await ServerInProcess.with { server in
            let routes = [
                "PUT /api/v1/views/a", "POST /api/v1/silences", "POST /login", "POST /api/errors", "POST /api/chatbot/events",
                "POST /api/flashfusion/addTechDebt", "POST /v1/logs", "POST /loki/api/v1/push",
            ]
            let part = [UInt8](repeating: 0x20, count: 64 << 10)
            let chunk = Array("10000\r\n".utf8) + part + Array("\r\n".utf8)
            for route in routes {
                let code = try await onThread { [port = server.port] () -> Int in
                    let connection = try RawConnection(port: port, timeoutSeconds: 20)
                    let type = route == "POST /login" ? "application/x-www-form-urlencoded" : "application/json"
                    try connection.send(
                        "\(route) HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Type: \(type)\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n")
                    // 128 MiB, unless it is cut off before.
                    for _ in 0..<2_048 { do { try connection.send(chunk) } catch { break } }
                    return (try? connection.head().status) ?? 0
                }
                #expect(code == 0 || (400..<500).contains(code) || code == 503, "\(route): \(code)")
            }
            #expect(try await server.get("/api/v1/status").int("bytes_in_flight") == 0)
        }
    }
}
