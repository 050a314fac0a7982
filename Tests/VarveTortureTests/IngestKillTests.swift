import Foundation
import Testing
import VarveTestSupport

/// `varve ingest --acks` under load, killed again and again.
///
/// Line number i of the input has the id `k<i>`. After a kill the sender goes on where its acknowledgements end, as any sender
/// would that has no other memory, so most lines in flight are sent twice. Then the log must hold the lines 0 ..< n in order,
/// each once, with n at least what was acknowledged: that one sentence covers loss, order, duplicates and holes. Every other log
/// is written at level `interval`, of which a kill takes nothing either; readers see it when the next writer has opened the log.
@Suite(.serialized) struct IngestKillTests {
    @Test func `a killed ingest has kept every acknowledged line, each exactly once and in order`() async throws {
        try await onThread {
            let kills = Scale.number("VARVE_KILLS", 100)
            var random = SeededRandom(seed: Scale.seed)
            var count = KillCount()
            while count.kills < kills {
                let ground = try Ground()
                try life(ground.url, kills: min(5, kills - count.kills), &random, &count)
            }
            print("ingest: \(count), seed \(Scale.seed)")
            // How often a kill hits these moments depends on the machine's speed: said, not demanded.
            if count.unacknowledgedKept == 0 { print("NOT SEEN: a kill between a write and its acknowledgement") }
            if count.beforeFirstAck == 0 { print("NOT SEEN: a kill before the first acknowledgement") }
            #expect(count.acknowledged > kills)
        }
    }

    /// One log from its creation on, killed so many times.
    private func life(_ folder: URL, kills: Int, _ random: inout SeededRandom, _ count: inout KillCount) throws {
        let data = folder.appending(path: "data").path(percentEncoded: false)
        var acknowledged = 0
        let isInterval = !count.logs.isMultiple(of: 2)
        let level = isInterval ? ["--durability", "interval:1000"] : []
        for _ in 0..<kills {
            let first = max(0, acknowledged - (random.chance(1, in: 4) ? 100 : 0))
            let victim = try Victim(Built.varve, ["ingest", "-", "--data", data, "--acks"] + level, in: folder, takesInput: true)
            victim.feed(from: first) { Self.line($0) }
            let early = random.chance(1, in: 5)
            let delay = Int.random(in: 0...(early ? 60 : 120), using: &random)
            let wasKilled = victim.kill(afterMilliseconds: delay, ofOutput: !early)
            try #require(wasKilled, "ingest ended by itself: \(victim.error.text)")
            let printed = victim.wholeLines.numbers(behind: "{\"ack\":")
            if let last = printed.last { acknowledged = max(acknowledged, first + last) } else { count.beforeFirstAck += 1 }
            count.kills += 1
            count.acknowledgements += printed.count
            guard acknowledged > 0 else { continue }
            if isInterval { _ = try Victim.run(Built.torture, ["open", data], in: folder) }
            let kept = try check(data, folder, atLeast: acknowledged)
            if kept > acknowledged { count.unacknowledgedKept += 1 }
        }
        try finish(data, folder, acknowledged)
        count.acknowledged += acknowledged
        count.logs += 1
    }

    /// A last run that nobody disturbs: it starts, and takes in what was not acknowledged and some more.
    private func finish(_ data: String, _ folder: URL, _ acknowledged: Int) throws {
        let last = acknowledged + 2_000
        let victim = try Victim(Built.varve, ["ingest", "-", "--data", data, "--json"], in: folder, takesInput: true)
        victim.feed(from: acknowledged, to: last) { Self.line($0) }
        victim.process.waitUntilExit()
        #expect(victim.process.terminationStatus == 0, victim.error.comment)
        #expect(victim.output.text.contains("\"received\":2000"), victim.output.comment)
        let kept = try check(data, folder, atLeast: last)
        #expect(kept == last)
    }

    /// How many lines the log has, which are the first ones.
    private func check(_ data: String, _ folder: URL, atLeast acknowledged: Int) throws -> Int {
        let numbers = try Victim.run(Built.varve, ["cat", "--data", data, "--json"], in: folder).numbers(behind: "\"n\":")
        #expect(numbers.count >= acknowledged, "\(acknowledged) lines were acknowledged, \(numbers.count) are there")
        if let wrong = numbers.indices.first(where: { numbers[$0] != $0 }) {
            Issue.record("line \(numbers[wrong]) stands at offset \(wrong)")
        }
        return numbers.count
    }

    private static func line(_ number: Int) -> String {
        "{\"time\":1700000000\(String(1_000 + number % 1_000).dropFirst()),\"signal\":\"retry.attempt\",\"id\":\"k\(number)\","
            + "\"component\":\"c\(number % 7)\",\"session_id\":\"s\(number % 50)\",\"data\":{\"n\":\(number)}}\n"
    }
}

/// What happened.
struct KillCount: CustomStringConvertible {
    var kills = 0
    var logs = 0
    var acknowledgements = 0
    var acknowledged = 0
    var beforeFirstAck = 0
    var unacknowledgedKept = 0

    var description: String {
        "\(kills) kills of \(logs) logs, \(acknowledgements) acknowledgements of \(acknowledged) lines, \(beforeFirstAck) kills "
            + "before the first of a run, \(unacknowledgedKept) after which more was there than had been acknowledged"
    }
}
