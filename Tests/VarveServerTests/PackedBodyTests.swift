import Foundation
import Testing
import VarveServer

/// Bodies that are packed without a word, and JSON that is not lines.
@Suite(.serialized) struct PackedBodyTests {
    @Test func `a body that is packed and does not say so is refused as a whole, by what it is`() async throws {
        try await ServerInProcess.with { server in
            let bodies: [(String, [UInt8])] = [
                ("gzip data", pack(Array(lines(0..<9).utf8), isGzip: true)),
                ("xz data", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 10, 10, 10]), ("zstd data", [0x28, 0xB5, 0x2F, 0xFD, 10, 10]),
            ]
            for (what, body) in bodies {
                let reply = try await server.call("POST", "/api/v1/events", [:], body)
                #expect(reply.status == 415 && reply.text.contains("the body is \(what)"), "\(reply.status) \(reply.text)")
            }
        }
    }

    @Test func `objects over several lines are records, whatever the content type`() async throws {
        try await ServerInProcess.with { server in
            let object = "{\n  \"time\": \"2026-01-21T14:00:00Z\",\n  \"signal\": \"test.sent\",\n  \"user_id\": 42\n}\n"
            for (type, body) in [
                ("application/x-ndjson", object + object), ("application/json", "[\(object),\(object)]"),
                ("application/x-ndjson", " [\n\(object),\(object)]\n"),
                ("application/x-ndjson", object + String(object.dropLast())),
            ] {
                let reply = try await server.call("POST", "/api/v1/events", ["Content-Type": type], Array(body.utf8))
                #expect(reply.status == 200, "\(reply.text)")
                #expect(try reply.int("appended") == 2 && reply.int("rejected") == 0, "\(reply.text)")
            }
        }
    }
}
