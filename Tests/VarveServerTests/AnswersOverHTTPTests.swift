import Foundation
import Testing
import VarveServer
import VarveTestSupport

@Suite(.serialized) struct AnswersOverHTTPTests {
    @Test func `a view answers over HTTP as it does on the command line`() async throws {
        let folder = ServedFolder()
        let data = try await folder.withTraffic("--events", "20000")
        let server = try await ServerInProcess.start(at: data)
        for (query, flags) in [
            ("bucket=day", ["--bucket", "day"]), ("bucket=all&by=none", ["--bucket", "all", "--by", "none"]),
            ("bucket=all&top=3", ["--bucket", "all", "--top", "3"]),
            ("bucket=day&at=7000", ["--bucket", "day", "--at", "7000"]),
            ("fresh=1&bucket=hour", ["--fresh", "--bucket", "hour"]),
        ] {
            for (format, flag) in [("json", "--json"), ("csv", "--csv")] {
                let reply = try await server.get("/api/v1/views/volume?\(query)&format=\(format)")
                let shown = try await onThread { try RunningServer.show(["volume", "--data", data] + flags + [flag]) }
                #expect(reply.status == 200 && reply.text == shown, "\(query) \(format)")
            }
        }
        let reply = try await server.get("/api/v1/views/volume?bucket=day")
        #expect(reply.headers["varve-offset"] == "20000" && reply.headers["varve-behind"] == "0")
        let tag = try #require(reply.headers["etag"])
        let same = try await server.get("/api/v1/views/volume?bucket=day", ["If-None-Match": tag])
        #expect(same.status == 304 && same.body.isEmpty)
        let envelope = try await server.get("/api/v1/views/volume?bucket=day&envelope=1").object()
        let count = try reply.rows().count
        #expect(envelope["offset"] as? Int == 20_000 && (envelope["rows"] as? [Any])?.count == count)
        let hash = try await server.get("/api/v1/views/volume/hash").object()["hash"] as? String
        let printed = try await onThread { try RunningServer.run("view", "hash", "volume", "--data", data).out }
        #expect(hash.map { $0 + "\n" } == printed)
        let views = try await server.get("/api/v1/views").rows()
        let volume = try #require(views.first { $0["name"] as? String == "volume" })
        let columns = try #require(volume["columns"] as? [[String: Any]])
        #expect(volume["offset"] as? Int == 20_000 && columns.first?["name"] as? String == "time")
        #expect(try await server.get("/api/v1/views/nothing").status == 404)
        let query = try await server.get("/api/v1/query?by=signal&count=1&top=5")
        let asked = try await onThread {
            try RunningServer.run("query", "--data", data, "--by", "signal", "--count", "--top", "5", "--json").out
        }
        #expect(query.text == asked)
        let enveloped = try await server.get("/api/v1/query?by=signal&envelope=1")
        let printedEnvelope = try await onThread {
            try RunningServer.run("query", "--data", data, "--by", "signal", "--envelope").out
        }
        #expect(enveloped.text == printedEnvelope)
        let queryTag = try #require(query.headers["etag"])
        for seen in [queryTag, "\"other\", W/\(queryTag)", "*"] {
            let again = try await server.get("/api/v1/query?by=signal&count=1&top=5", ["If-None-Match": seen])
            #expect(again.status == 304, "\(seen)")
        }
        await server.stop()
    }

    @Test func `a query has its offset in headers and in an envelope, and the log is described without paths`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            let query = try await server.get("/api/v1/query?by=signal&from=2020-01-01")
            #expect(query.headers["varve-offset"] == "10" && query.headers["varve-behind"] == "0")
            #expect(query.headers["varve-range"] == "2020-01-01T00:00:00Z/")
            let envelope = try await server.get("/api/v1/query?by=signal&envelope=1").object()
            #expect(envelope["offset"] as? Int == 10 && envelope["durable"] as? Int == 10)
            #expect(envelope["frozen"] as? Bool == false && (envelope["rows"] as? [Any])?.isEmpty == false)
            let info = try await server.get("/api/v1/log/info").object()
            #expect(info["durable_offset"] as? Int == 10 && info["segments"] as? Int == 1)
            let segments = try await server.get("/api/v1/log/segments").rows()
            #expect(segments.count == 1 && segments[0]["end_offset"] as? Int == 10 && segments[0]["file"] == nil)
        }
    }

    @Test func `a folder of views that is gone keeps no other view from being asked`() async throws {
        try await ServerInProcess.with({ $0.viewFolders = ["/nowhere/views"] }) { server in
            _ = try await server.post(lines(0..<10))
            #expect(try await server.get("/api/v1/views").rows().count > 20)
            #expect(try await server.get("/api/v1/views/volume").status == 200)
            #expect(try await server.get("/api/v1/views/volume@1").status == 200)
            #expect(try await server.get("/api/v1/views/volume@7").status == 404)
        }
    }

    @Test func `a damaged store is said without its path`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            let views = server.folder + "/views"
            try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
            try String(repeating: "no store ", count: 2_000).write(
                toFile: views + "/main.sqlite", atomically: true, encoding: .utf8)
            let reply = try await server.get("/api/v1/views")
            #expect(reply.status == 503 && !reply.text.contains(server.folder), "\(reply.text)")
        }
    }

    @Test func `an answer that lacks damaged events names them`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            _ = try await server.post(lines(10..<30))
            await server.stop()
            let segment = server.folder + "/log/00000000000000000000.seg"
            var bytes = Array(try Data(contentsOf: URL(filePath: segment)))
            bytes[264] ^= 4
            try Data(bytes).write(to: URL(filePath: segment))
            let again = try await ServerInProcess.start(at: server.folder)
            let paths = ["query?by=n", "views/volume?fresh=1", "events", "export"]
            for path in paths {
                let reply = try await again.get("/api/v1/" + path)
                #expect(reply.status == 200 && reply.headers["varve-damaged"] == "0-10", "\(path): \(reply.headers)")
            }
            #expect(try await again.get("/api/v1/query").rows().first?["count"] as? Int == 20)
            await again.stop()
        }
    }

    @Test func `events come in pages, in both directions`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<7_000, signal: "a.b") + lines(7_000..<7_500, signal: "c.d"))
            for (query, expected) in [
                ("order=asc&limit=999", Array(0..<7_500)), ("order=desc&limit=999", Array((0..<7_500).reversed())),
                ("signal=c.d&limit=77", Array(7_000..<7_500)),
                ("signal=c.d&order=desc&limit=77", Array((7_000..<7_500).reversed())),
                ("where=n%3C3&order=desc", [2, 1, 0]),
            ] {
                var found: [Int] = []
                var cursor: String?
                repeat {
                    let reply = try await server.get("/api/v1/events?\(query)" + (cursor.map { "&cursor=\($0)" } ?? ""))
                    #expect(reply.status == 200, "\(reply.text)")
                    found += try reply.text.split(separator: "\n").map { line in
                        let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                        return event?["offset"] as? Int ?? -1
                    }
                    cursor = reply.headers["varve-next-cursor"]
                } while cursor != nil
                #expect(found == expected, "\(query)")
            }
        }
    }

    @Test func `one session and one user are found`() async throws {
        try await ServerInProcess.with { server in
            let text = (0..<100).map {
                "{\"time\":1768996800000,\"signal\":\"a\",\"session_id\":\"s \($0 % 10)\",\"user_id\":\"u/\($0 % 5)\"}\n"
            }.joined()
            _ = try await server.post(text)
            let session = try await server.get("/api/v1/sessions/s%203")
            #expect(session.status == 200 && session.text.split(separator: "\n").count == 10, "\(session.text)")
            let user = try await server.get("/api/v1/users/u%2F4")
            #expect(user.text.split(separator: "\n").count == 20)
            #expect(try await server.get("/api/v1/sessions/none").status == 404)
        }
    }
}
