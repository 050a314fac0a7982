import Foundation
import Testing

/// A log with 20,000 generated events of three days, and its views.
private func projected(_ folder: borrowing TemporaryFolder) throws -> (data: String, events: [[String: Any]]) {
    let traffic = try BuiltCommand.run("generate", "--events", "20000", "--days", "3", "--seed", "5").out
    let data = folder.path("data")
    try BuiltCommand.run("ingest", try folder.file("traffic.ndjson", traffic), "--data", data)
    let result = try BuiltCommand.run("project", "--data", data)
    #expect(result.code == 0, "\(result.err)")
    let events = try traffic.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    return (data, events)
}

struct ViewTests {
    @Test func `every cell of the hourly volume and rollback rate equals a count over the lines`() throws {
        let folder = TemporaryFolder()
        let (data, events) = try projected(folder)
        var volume: [String: Int] = [:]
        var started: [String: Int] = [:]
        var rollbacks: [String: Int] = [:]
        for event in events {
            let hour = (event["time"] as? Int ?? 0) / 3_600_000
            let signal = event["signal"] as? String ?? ""
            let component = event["component"] as? String ?? ""
            volume["\(hour) \(signal)", default: 0] += 1
            if signal == "optimistic_action.start" { started["\(hour) \(component)", default: 0] += 1 }
            if signal == "optimistic_action.rollback" { rollbacks["\(hour) \(component)", default: 0] += 1 }
        }
        func cell(_ row: [String: Any], _ dimension: String) throws -> String {
            let time = try Date(#require(row["time"] as? String), strategy: .iso8601)
            return "\(Int(time.timeIntervalSince1970) / 3_600) \(row[dimension] as? String ?? "")"
        }
        let volumeRows = try BuiltCommand.run("view", "show", "volume", "--data", data, "--json").rows()
        #expect(volumeRows.count == volume.count)
        for row in volumeRows { #expect(row["events"] as? Int == volume[try cell(row, "signal")]) }
        let rateRows = try BuiltCommand.run("view", "show", "rollback_rate", "--data", data, "--json").rows()
        #expect(rateRows.count == Set(started.keys).union(rollbacks.keys).count)
        for row in rateRows {
            let key = try cell(row, "component")
            #expect(row["started"] as? Int == started[key, default: 0])
            #expect(row["rollbacks"] as? Int == rollbacks[key, default: 0])
        }
    }

    @Test func `percentiles lie within one per cent of the value of that rank`() throws {
        let folder = TemporaryFolder()
        let (data, events) = try projected(folder)
        let durations = events.compactMap { ($0["data"] as? [String: Any])?["duration_ms"] as? Double }.sorted()
        let row = try #require(
            try BuiltCommand.run("view", "show", "latency", "--data", data, "--bucket", "all", "--by", "none", "--json").rows()
                .first)
        #expect(row["time"] == nil)
        #expect(row["count"] as? Int == durations.count)
        #expect(row["max_ms"] as? Double == durations.last)
        for (name, quantile) in [("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)] {
            let exact = durations[Int((quantile * Double(durations.count)).rounded(.up)) - 1]
            let shown = try #require(row[name] as? Double)
            #expect(abs(shown - exact) <= exact * 0.01, "\(name): \(shown) for \(exact)")
        }
    }

    @Test func `rows can be filtered, merged and bounded in time, and minutes add up to their hour`() throws {
        let folder = TemporaryFolder()
        let (data, events) = try projected(folder)
        let pay = try BuiltCommand.run(
            "view", "show", "rollback_rate", "--data", data, "--bucket", "all", "--where", "component=PaymentButton", "--json"
        ).rows()
        #expect(pay.count == 1)
        #expect(pay.first?["component"] as? String == "PaymentButton")
        let day = try BuiltCommand.run(
            "view", "show", "volume", "--data", data, "--bucket", "day", "--by", "none", "--from", "2026-01-02", "--to",
            "2026-01-03",
            "--json"
        ).rows()
        let expected = events.count { (1_767_312_000_000..<1_767_398_400_000).contains($0["time"] as? Int ?? 0) }
        #expect(day.count == 1)
        #expect(day.first?["events"] as? Int == expected)
        let bounds = ["--from", "2026-01-02T12:00", "--to", "2026-01-02T13:00", "--by", "none", "--json"]
        let show = ["view", "show", "volume", "--data", data]
        let minutes = try BuiltCommand.start(show + ["--bucket", "minute"] + bounds).finish().rows()
        let hour = try BuiltCommand.start(show + ["--bucket", "hour"] + bounds).finish().rows()
        #expect(minutes.reduce(0) { $0 + ($1["events"] as? Int ?? 0) } == hour.first?["events"] as? Int)
    }

    @Test func `a replay gives the same hashes on one and two threads, and on a log filled in other pieces`() throws {
        let folder = TemporaryFolder()
        let (data, _) = try projected(folder)
        let lines = try String(contentsOfFile: folder.path("traffic.ndjson"), encoding: .utf8).split(separator: "\n")
        for start in stride(from: 0, to: lines.count, by: 7_000) {
            let part = lines[start..<min(start + 7_000, lines.count)].joined(separator: "\n") + "\n"
            try BuiltCommand.run("ingest", "--data", folder.path("parts"), input: part)
        }
        var seen: Set<[String: String]> = []
        for (data, threads) in [(data, "1"), (data, "2"), (folder.path("parts"), "2")] {
            let result = try BuiltCommand.run("replay", "--data", data, "--views", "all", "--threads", threads, "--stats")
            let stats = try result.lastObject()
            #expect(stats["events"] as? Int == 20_000)
            #expect(Set(stats.keys) == ["events", "seconds", "events_per_second", "segments", "hashes"])
            seen.insert(try #require(stats["hashes"] as? [String: String]))
        }
        #expect(seen.count == 1)
    }

    @Test func `a projector that follows shows what is appended, and stops on a signal`() throws {
        let folder = TemporaryFolder()
        let (data, _) = try projected(folder)
        let running = try BuiltCommand.start(["project", "--data", data, "--follow"])
        let more = try BuiltCommand.run("generate", "--events", "1000", "--days", "1", "--seed", "6").out
        try BuiltCommand.run("ingest", "--data", data, input: more)
        let arrived = running.wait { _ in
            let rows = try? BuiltCommand.run(
                "view", "show", "volume", "--data", data, "--bucket", "all", "--by", "none", "--json"
            ).rows()
            return rows?.first?["events"] as? Int == 21_000
        }
        #expect(arrived, "\(running.err)")
        running.process.terminate()
        let finished = try running.finish()
        #expect(finished.code == 0, "\(finished.err)")
        #expect(finished.out.contains("21,000"))
    }

    @Test(arguments: [
        ["view", "show", "no_such_view"], ["view", "show", "volume", "--bucket", "week"],
        ["view", "show", "volume", "--by", "colour"],
        ["view", "show", "volume", "--json", "--csv"], ["project", "--views", "volume,nothing"], ["replay", "--threads", "0"],
    ])
    func `a wrong question ends with 64`(arguments: [String]) throws {
        let folder = TemporaryFolder()
        try BuiltCommand.run("ingest", "--data", folder.path("data"), input: #"{"time":1769817600000,"signal":"a.b"}"# + "\n")
        try BuiltCommand.run("project", "--data", folder.path("data"))
        let result = try BuiltCommand.start(arguments + ["--data", folder.path("data")]).finish()
        #expect(result.code == 64, "\(result.err)")
    }

    @Test func `the demo finds its incident, and tells the same story twice`() throws {
        let transcripts = try (0..<2).map { _ in
            let result = try BuiltCommand.run("demo", "--events", "100000")
            #expect(result.code == 0, "\(result.err)")
            // Times and bytes may differ: they stand in the numbered steps only.
            return result.lines.filter { !$0.contains(" in ") }
        }
        #expect(transcripts[0] == transcripts[1])
        #expect(transcripts[0].contains { $0.hasPrefix("rollback_rate: PaymentButton stands out") })
        // Both tables mark the two hours of the incident, and no other.
        let marked = transcripts[0].filter { $0.contains("◀ incident") }
            .map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        #expect(marked == ["2026-01-21 14:00", "2026-01-21 15:00", "2026-01-21 14:00", "2026-01-21 15:00"])
    }
}
