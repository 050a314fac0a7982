import Foundation
import Testing

@Suite struct PackedAnswersTests {
    @Test func `who accepts gzip gets rows compressed, with the same content and a weak tag`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.call("POST", "/api/v1/events", [:], Array(lines(0..<2_000).utf8))
            for path in ["/api/v1/events?limit=2000", "/api/v1/export", "/api/v1/query?by=n&limit=1000", "/openapi.json"] {
                let plain = try await server.get(path)
                let packed = try await server.get(path, ["Accept-Encoding": "br, gzip;q=0.5"])
                #expect(plain.headers["content-encoding"] == nil && packed.headers["content-encoding"] == "gzip", "\(path)")
                #expect(plain.headers["vary"]?.contains("Accept-Encoding") == true, "\(path)")
                #expect(packed.body.count < plain.body.count / 2, "\(path): \(packed.body.count) of \(plain.body.count)")
                #expect(try unpack(packed.body) == plain.body, "\(path)")
                guard let tag = plain.headers["etag"] else { continue }
                #expect(packed.headers["etag"] == "W/\(tag)", "\(path)")
                #expect(try await server.get(path, ["If-None-Match": "W/\(tag)"]).status == 304, "\(path)")
            }
        }
    }

    @Test func `pages, short answers and those who refuse gzip get plain bytes`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.call("POST", "/api/v1/events", [:], Array(lines(0..<2_000).utf8))
            for (path, accepted) in [
                ("/livez", "gzip"), ("/api/v1/events?limit=2000", "gzip;q=0"), ("/api/v1/events?limit=2000", "identity"),
                ("/api/v1/events?limit=2000", "*;q=0"), ("/api/v1/events?limit=1", "gzip"),
            ] {
                let reply = try await server.get(path, ["Accept-Encoding": accepted])
                #expect(reply.status == 200 && reply.headers["content-encoding"] == nil, "\(path) for \(accepted)")
            }
            let page = try await server.get("/", ["Accept": "text/html", "Accept-Encoding": "gzip"])
            #expect(page.status == 200 && page.headers["content-encoding"] == nil && page.body.count > 1_024)
        }
    }

    /// What gzip, a program of its own, makes of `bytes`.
    private func unpack(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appending(path: "varve-packed-\(UUID().uuidString).gz")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "gzip -dc '\(file.path)'"]
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? Array(data) : []
    }
}
