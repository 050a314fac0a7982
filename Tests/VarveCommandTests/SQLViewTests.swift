import Foundation
import Testing
import VarveTestSupport

/// The SQL views of a store, read by Python's `sqlite3`, which knows nothing of us.
@Suite(.serialized) struct SQLViewTests {
    private static let views = [
        ("rollback_rate", "hour"), ("latency", "hour"), ("volume", "hour"), ("http_requests", "day"), ("retry_success", "hour"),
        ("active_users", "day"), ("volume", "day"), ("latency", "day"), ("rollback_rate", "day"), ("sessions", ""),
    ]

    private static let script = """
        import json, sqlite3, subprocess, sys
        varve, data, views = sys.argv[1], sys.argv[2], [v.split(":") for v in sys.argv[3:]]
        db = sqlite3.connect("file:" + data + "/views/main.sqlite?mode=ro", uri=True)
        db.row_factory = sqlite3.Row
        def plain(value): return int(value) if isinstance(value, bool) else value
        def offset(): return db.execute("SELECT offset FROM checkpoint").fetchone()[0]
        done, compared = 0, 0
        for name, bucket in views:
            for attempt in range(200):
                before = offset()
                rows = [dict(r) for r in db.execute(f"SELECT * FROM {name}{'_' + bucket if bucket else ''}")]
                show = [varve, "view", "show", name, "--data", data, "--json"] + (["--bucket", bucket] if bucket else [])
                shown = json.loads(subprocess.run(show, check=True, capture_output=True).stdout)
                if offset() == before: break
            else: sys.exit(f"{name}: the projector never rested")
            for row in rows:
                epoch = row.pop("epoch", None)
                if epoch is not None:
                    text = db.execute("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', ?, 'unixepoch')", [epoch]).fetchone()[0]
                    assert text == row["time"], (text, row["time"])
            shown = [{k: plain(v) for k, v in row.items()} for row in shown]
            if rows != shown:
                wrong = [(a, b) for a, b in zip(rows, shown) if a != b][:1]
                sys.exit(f"{name} {bucket}: {len(rows)} and {len(shown)} rows; {wrong}")
            done, compared = done + 1, compared + len(rows)
        print(done, compared)
        """

    @Test func `Python reads from ten SQL views what view show prints, while a writer and a projector run`() async throws {
        try await onThread {
            let python = "/usr/bin/env"
            guard (try? run(python, ["python3", "-c", "import sqlite3"])) != nil else {
                print("NOT RUN: there is no python3; SQL views were not compared")
                return
            }
            let folder = FileManager.default.temporaryDirectory.appending(path: "varve-sql-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let data = folder.appending(path: "data").path(percentEncoded: false)
            let file = folder.appending(path: "compare.py").path(percentEncoded: false)
            try Data(Self.script.utf8).write(to: URL(filePath: file))
            let varve = BuiltCommand.url.path(percentEncoded: false)
            let events = try run(varve, ["generate", "--events", "4000"]).split(separator: "\n").map { String($0) + "\n" }
            let writer = Process()
            let input = Pipe()
            writer.executableURL = BuiltCommand.url
            writer.arguments = ["ingest", "-", "--data", data]
            writer.standardInput = input
            (writer.standardOutput, writer.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try writer.run()
            func feed(_ part: ArraySlice<String>) throws {
                try input.fileHandleForWriting.write(contentsOf: Data(part.joined().utf8))
            }
            try feed(events.prefix(2_000))
            blockUntil { FileManager.default.fileExists(atPath: data + "/log/durable") }
            let projector = Process()
            projector.executableURL = BuiltCommand.url
            projector.arguments = ["project", "--data", data, "--follow"]
            (projector.standardOutput, projector.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try projector.run()
            defer {
                try? input.fileHandleForWriting.close()
                projector.interrupt()
                projector.waitUntilExit()
                writer.waitUntilExit()
            }
            let show = ["view", "show", "sessions", "--data", data, "--json"]
            // There is something to compare: more than a few sessions.
            blockUntil { (try? run(varve, show))?.utf8.count ?? 0 > 4_000 }
            var next = 2_000
            for round in 0..<2 {
                let found = try run(python, ["python3", file, varve, data] + Self.views.map { "\($0.0):\($0.1)" })
                let numbers = found.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
                #expect(numbers.first == 10 && numbers.last ?? 0 > 100, "\(found)")
                #expect(projector.isRunning && writer.isRunning, "in round \(round) both run")
                try feed(events[next..<next + 600])
                next += 600
                usleep(300_000)
            }
        }
    }

    /// What a program prints when it succeeds; else what it complains of is thrown.
    private func run(_ program: String, _ arguments: [String]) throws -> String {
        struct Failed: Error { var text: String }
        let process = Process()
        let (output, errors) = (Pipe(), FileManager.default.temporaryDirectory.appending(path: UUID().uuidString))
        _ = FileManager.default.createFile(atPath: errors.path(percentEncoded: false), contents: nil)
        defer { try? FileManager.default.removeItem(at: errors) }
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(text: String(decoding: (try? Data(contentsOf: errors)) ?? Data(), as: UTF8.self))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
