import Foundation
import Testing
import VarveServer
import VarveTestSupport

@Suite(.serialized) struct EventsInTests {
    @Test func `what was sent is counted, and durable when it is answered`() async throws {
        try await ServerInProcess.with { server in
            let reply = try await server.post(lines(0..<3) + "{\"signal\":\"no.time\"}\nnot json\n\n")
            #expect(reply.status == 200, "\(reply.text)")
            #expect(try reply.int("received") == 5 && reply.int("appended") == 3 && reply.int("rejected") == 2)
            #expect(try reply.int("duplicate") == 0 && reply.int("first_offset") == 0 && reply.int("last_offset") == 2)
            #expect(try reply.int("durable_offset") == 3)
            let errors = try #require(try reply.object()["errors"] as? [[String: Any]])
            #expect(errors.map { $0["line"] as? Int } == [4, 5])
            #expect(errors.map { $0["reason"] as? String } == ["missing_time", "syntax"])
            #expect(try reply.object()["durability"] as? String == "sync")
            let none = try await server.post("nothing\nof this\n")
            #expect(try none.status == 400 && none.int("rejected") == 2)
            #expect(try await server.post("").status == 200)
            #expect(try await server.post("   \n\u{1}").status == 400)
            let weaker = try await server.post(lines(3..<4), query: "?durability=interval")
            #expect(try weaker.object()["durability"] as? String == "interval")
        }
    }

    @Test(arguments: [
        "[{\"time\":1768996800000,\"signal\":\"a\",\"data\":{}},\n {\"time\":1768996800000,\n  \"signal\":\"b\"}]",
        "{\"time\":1768996800000,\n\"signal\":\"a\"}\n\n{\"time\":1768996800000,\"signal\":\"b\",\"data\":{\"x\":\"[1,{\\\"\"}}",
    ])
    func `JSON need not be lines`(text: String) async throws {
        try await ServerInProcess.with { server in
            let reply = try await server.post(text, ["Content-Type": "application/json"])
            #expect(try reply.status == 200 && reply.int("appended") == 2 && reply.int("rejected") == 0, "\(reply.text)")
        }
    }

    @Test func `an array is told by its first byte`() async throws {
        try await ServerInProcess.with { server in
            let reply = try await server.post("  [{\"time\":1768996800000,\"signal\":\"a\"}, 7, \"x\"]")
            #expect(try reply.int("received") == 3 && reply.int("appended") == 1, "\(reply.text)")
        }
    }

    @Test func `packed bodies are unpacked, and damaged ones refused`() async throws {
        try await ServerInProcess.with { server in
            let plain = Array(lines(0..<5_000).utf8)
            for (coding, isGzip) in [("gzip", true), ("deflate", false)] {
                let packed = pack(plain, isGzip: isGzip)
                let reply = try await server.call("POST", "/api/v1/events", ["Content-Encoding": coding], packed)
                #expect(try reply.status == 200 && reply.int("appended") == 5_000, "\(coding) \(reply.text)")
                let cut = try await server.call(
                    "POST", "/api/v1/events", ["Content-Encoding": coding], Array(packed.dropLast(9)))
                #expect(cut.status == 400, "\(coding) \(cut.text)")
            }
            let other = try await server.call("POST", "/api/v1/events", ["Content-Encoding": "br"], plain)
            #expect(other.status == 415)
            let image = try await server.call("POST", "/api/v1/events", ["Content-Type": "image/png"], plain)
            #expect(image.status == 415 && image.headers["content-type"] == "application/problem+json")
        }
    }

    @Test(arguments: [10, 30_000]) func `a request that is sent again appends nothing twice`(count: Int) async throws {
        let server = try await ServerInProcess.start()
        let key = ["Idempotency-Key": "a7"]
        let first = try await server.post(lines(0..<count), key)
        #expect(try first.status == 200 && first.int("appended") == count, "\(first.text)")
        let again = try await server.post(lines(0..<count), key)
        #expect(try again.status == 200 && again.int("appended") == 0 && again.int("duplicate") == count, "\(again.text)")
        let other = try await server.post(lines(1..<count + 1), key)
        #expect(other.status == 409, "\(other.text)")
        let longer = try await server.post(lines(0..<count + 1), key)
        #expect(longer.status == 409, "\(longer.text)")
        let shorter = try await server.post(lines(0..<count - 1), key)
        #expect(shorter.status == 409, "\(shorter.text)")
        await server.stop()
        // The log remembers the key, and enough of the content.
        let later = try await ServerInProcess.start(at: server.folder)
        let kept = try await later.post(lines(0..<count), key)
        #expect(try kept.status == 200 && kept.int("appended") == 0 && kept.int("duplicate") == count, "\(kept.text)")
        #expect(try await later.post(lines(1..<count + 1), key).status == 409)
        #expect(try await later.get("/api/v1/status").int("durable") == count)
        await later.remove()
    }

    @Test func `a body that was cut off goes on under its key`() async throws {
        try await ServerInProcess.with { server in
            let all = Array(lines(0..<60_000).utf8)
            try await onThread {
                let connection = try RawConnection(port: server.port)
                try connection.send("POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: cut\r\n")
                try connection.send("Content-Length: \(all.count)\r\n\r\n")
                try connection.send(all[..<(all.count * 3 / 4)])
                usleep(300_000)
            }
            // The connection is gone; what was whole of it may be in the log.
            var reply = Reply()
            try await waitUntil {
                reply = try await server.call("POST", "/api/v1/events", ["Idempotency-Key": "cut"], all)
                return reply.status != 503
            }
            #expect(try reply.status == 200 && reply.int("received") == 60_000, "\(reply.text)")
            #expect(try reply.int("appended") + reply.int("duplicate") == 60_000)
            #expect(try await server.get("/api/v1/status").int("durable") == 60_000)
        }
    }

    @Test func `a producer numbers its requests`() async throws {
        try await ServerInProcess.with { server in
            func send(_ epoch: Int, _ number: Int, _ range: Range<Int>) async throws -> Reply {
                try await server.post(
                    lines(range),
                    ["Varve-Producer": "p", "Varve-Epoch": "\(epoch)", "Varve-Sequence": "\(number)"])
            }
            #expect(try await send(1, 0, 0..<10).int("appended") == 10)
            #expect(try await send(1, 1, 10..<20).int("appended") == 10)
            let again = try await send(1, 0, 0..<10)
            #expect(try again.status == 200 && again.int("duplicate") == 10 && again.int("appended") == 0, "\(again.text)")
            #expect(try await send(1, 1, 11..<20).status == 409)
            #expect(try await send(2, 0, 20..<30).int("appended") == 10)
            let old = try await send(1, 2, 30..<40)
            #expect(old.status == 409, "\(old.text)")
            #expect(try await server.get("/api/v1/status").int("durable") == 30)
            #expect(try await server.post(lines(0..<1), ["Varve-Producer": "p"]).status == 400)
        }
    }

    @Test func `a mapping of the directory makes events of CSV`() async throws {
        try await ServerInProcess.with { server in
            let folder = server.folder + "/mappings"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let mapping = "time: {column: at, unit: rfc3339}\nsignal: {constant: shop.order}\nrest: keep\n"
            try mapping.write(toFile: folder + "/orders.yaml", atomically: true, encoding: .utf8)
            let csv = "at,total\n2026-01-21T14:00:00Z,12.5\n"
            let reply = try await server.post(csv, ["Content-Type": "text/csv"], query: "?mapping=orders")
            #expect(try reply.status == 200 && reply.int("appended") == 1, "\(reply.text)")
            #expect(try await server.post(csv, ["Content-Type": "text/csv"]).status == 400)
            #expect(try await server.post(csv, query: "?format=csv&mapping=..%2Forders").status == 400)
            #expect(try await server.post(csv, query: "?format=nonsense").status == 400)
            #expect(try await server.post(csv, query: "?fromat=csv").status == 400)
        }
    }
}
