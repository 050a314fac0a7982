import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// Abuses of what requests hold, by their numbers in docs/security.md: packed bodies, records, names, secrets.
@Suite(.serialized) struct AbusedContentTests {
    @Test func `T45: packed bodies that are broken, nested or go on behind their end are told`() async throws {
        try await ServerInProcess.with { server in
            let plain = Array(lines(0..<2).utf8)
            let good = pack(plain, isGzip: true)
            let nested = pack(good, isGzip: true)
            let bodies: [(String, [UInt8], [Int])] = [
                ("whole", good, [200]), ("two members", good + good, [200, 400]), ("trailing bytes", good + [1, 2, 3], [400]),
                ("cut", Array(good.dropLast(5)), [400]), ("nested", nested, [400]), ("no gzip", plain, [400]),
                ("empty", [], [200]), ("wrong sum", Array(good.dropLast(8)) + [UInt8](repeating: 0, count: 8), [400]),
            ]
            for (name, body, expected) in bodies {
                let reply = try await server.call("POST", "/api/v1/events", ["Content-Encoding": "gzip"], body)
                #expect(expected.contains(reply.status), "\(name): \(reply.status) \(reply.text)")
            }
        }
    }

    @Test func `T47, T48: records too deep, too wide or no UTF-8 are refused one by one`() async throws {
        try await ServerInProcess.with { server in
            func record(_ data: String) -> [UInt8] {
                Array("{\"time\":\"2026-01-21T14:00:00Z\",\"signal\":\"test.sent\",\"data\":\(data)}\n".utf8)
            }
            let bad: [[UInt8]] = [
                record(String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)),
                record(String(repeating: "{\"a\":", count: 10_000) + "1" + String(repeating: "}", count: 10_000)),
                Array("{\"time\":\"2026-01-21T14:00:00Z\",\"signal\":\"a\",\"data\":{\"s\":\"".utf8) + [0xFF, 0xFE]
                    + Array("\"}}\n".utf8),
                record("{\"s\":\"\\ud800\"}"), record("{\"n\":1e999}"), record("{\"n\":NaN}"), Array("{\"time\":\n".utf8),
            ]
            for body in bad {
                let reply = try await server.call("POST", "/api/v1/events", [:], body)
                #expect(reply.status == 400 || reply.status == 200, "\(reply.status) \(reply.text.prefix(200))")
                let sum = try reply.int("appended") + reply.int("duplicate") + reply.int("rejected")
                #expect(try reply.int("received") == sum, "\(reply.text.prefix(200))")
            }
            // Each is refused for itself: what stands beside it is taken.
            let mixed = bad.flatMap { $0 } + Array(lines(0..<3).utf8)
            #expect(try await server.call("POST", "/api/v1/events", [:], mixed).int("appended") >= 3)
        }
    }

    @Test func `T52: no name leads out of the directory`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<1))
            try "secret-of-the-host".write(toFile: server.folder + "-outside", atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(atPath: server.folder + "-outside") }
            let names = [
                "..", "../..", "..%2f..%2f", "%2e%2e", "%2e%2e%2f", "..%5c", "%00", "a%00b",
                "CON", "a/../../b", ".", "%c0%ae%c0%ae",
                "..%252f", "\u{FF0E}\u{FF0E}", String(repeating: "a", count: 300),
                "../" + (server.folder + "-outside").suffix(20),
            ]
            let paths = ["/api/v1/views/", "/api/v1/sessions/", "/assets/", "/views/", "/api/v1/traces/", "/"]
            for name in names {
                let encoded = name.unicodeScalars.allSatisfy(\.isASCII) ? name : "%EF%BC%8E%EF%BC%8E"
                for path in paths {
                    for method in ["GET", "PUT", "DELETE"] {
                        let body = method == "PUT" ? Array("name: x".utf8) : []
                        let reply = try await server.call(method, path + encoded, [:], body)
                        let isFine = (400..<500).contains(reply.status) || reply.status == 200
                        #expect(isFine, "\(method) \(path)\(name): \(reply.status)")
                        #expect(!reply.text.contains("secret-of-the-host") && !reply.text.contains(server.folder))
                    }
                }
                let mapped = try await server.call("POST", "/api/v1/events?mapping=\(encoded)", [:], Array("a,b\n".utf8))
                #expect((400..<500).contains(mapped.status), "\(name): \(mapped.status)")
            }
        }
    }

    @Test func `T58: what is secret stands in no file, no answer and no message`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let canary = "canary7secret"
            let store = TokenStore(at: folder.path)
            let made = try store.create(name: "a", scopes: [.admin])
            try UserStore(at: folder.path).add("ada", role: .admin, password: canary + "password")
            let errors = folder.path + "-errors"
            defer { try? FileManager.default.removeItem(atPath: errors) }
            let server = try RunningServer(
                folder.path, through: ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>\(errors)"])
            func call(_ method: String, _ path: String, _ headers: [String: String], _ body: String = "") throws -> Reply {
                let connection = try RawConnection(port: server.port)
                try connection.request(method, path, headers, Array(body.utf8))
                return try connection.reply()
            }
            var answers = ""
            for header in ["Bearer \(canary)", "Basic \(Data("a:\(canary)".utf8).base64EncodedString())", "ApiKey \(canary)"] {
                answers += try call("GET", "/api/v1/status?token=\(canary)", ["Authorization": header]).text
            }
            answers += try call("GET", "/api/v1/status", ["Cookie": "varve_session=\(canary)"]).text
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            answers += try call("POST", "/login", form, "name=\(canary)&password=\(canary)&csrf=\(canary)").text
            let admin = ["Authorization": "Bearer \(made.secret)"]
            for path in ["/metrics", "/api/v1/status", "/api/v1/audit", "/api/v1/events", "/system"] {
                answers += try call("GET", path, admin).text
            }
            #expect(server.stop() == 0)
            let secret = String(made.secret.split(separator: ".")[1])
            #expect(!answers.contains(canary) && !answers.contains(secret))
            let names = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
            var read = 0
            for name in names.map({ folder.path + "/" + $0 }) + [errors] {
                guard let bytes = FileManager.default.contents(atPath: name) else { continue }
                read += 1
                #expect(bytes.range(of: Data(canary.utf8)) == nil && bytes.range(of: Data(secret.utf8)) == nil, "\(name)")
            }
            #expect(read > 5)
        }
    }
}
