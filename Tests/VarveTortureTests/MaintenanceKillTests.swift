import Foundation
import Testing
import VarveTestSupport

/// `varve log compact` and `varve log retain`, killed again and again.
///
/// Line number i has the offset i, and every hundredth a signal that a rule keeps. After each kill the log must hold every
/// hundredth line below R and every line from R on, in order, each once; R never goes back; and `verify` finds nothing.
@Suite(.serialized) struct MaintenanceKillTests {
    @Test func `a killed compaction or retention has lost no line, and the next one goes on`() async throws {
        try await onThread {
            let kills = Scale.number("VARVE_MAINTENANCE_KILLS", 8)
            var random = SeededRandom(seed: Scale.seed &+ 91)
            let ground = try Ground()
            var course = Course(ground.path("data"), ground.url)
            try course.ingest(1_000)
            _ = try Victim.run(Built.varve, ["log", "keep", "add", "retry.kept", "--data", course.data], in: ground.url)
            var (killed, early): ([String: Int], Int) = ([:], 0)
            while killed.values.reduce(0, +) < kills {
                try course.ingest(Int.random(in: 500...4_000, using: &random))
                let work = random.chance(1, in: 2) ? "compact" : "retain"
                // A compaction seals the segment that is being written; without one there is nothing to remove.
                if work == "retain" { _ = try Victim.run(Built.varve, ["log", "compact", "--data", course.data], in: ground.url) }
                let victim = try Victim(Built.varve, course.command(work), in: ground.url)
                let wasKilled = victim.kill(afterMilliseconds: Int.random(in: 0...90, using: &random), ofOutput: false)
                if wasKilled { killed[work, default: 0] += 1 } else { early += 1 }
                try #require(wasKilled || victim.process.terminationStatus == 0, "\(work): \(victim.error.text)")
                try course.check()
            }
            for work in ["compact", "retain"] { _ = try Victim.run(Built.varve, course.command(work), in: ground.url) }
            try course.check()
            print(
                "maintenance: \(killed["compact", default: 0]) kills of compact, \(killed["retain", default: 0]) of retain, "
                    + "\(early) runs that had ended before, \(course.moves) moves of R, \(course.lines) lines, "
                    + "seed \(Scale.seed)")
            #expect(course.retained > 0)
        }
    }

    /// One log.
    private struct Course {
        let data: String
        private let folder: URL
        private(set) var lines = 0
        private(set) var retained = 0
        private(set) var moves = 0

        init(_ data: String, _ folder: URL) { (self.data, self.folder) = (data, folder) }

        func command(_ work: String) -> [String] {
            let common = ["log", work, "--data", data]
            return work == "compact" ? common : common + ["--days", "0", "--now", "2100-01-01T00:00:00Z", "--yes"]
        }

        mutating func ingest(_ count: Int) throws {
            let victim = try Victim(Built.varve, ["ingest", "-", "--data", data], in: folder, takesInput: true)
            victim.feed(from: lines, to: lines + count, everyMilliseconds: 1) { number in
                let signal = number.isMultiple(of: 100) ? "retry.kept" : "retry.attempt"
                return "{\"time\":1700000000000,\"signal\":\"\(signal)\",\"id\":\"k\(number)\",\"data\":{\"n\":\(number)}}\n"
            }
            victim.process.waitUntilExit()
            try #require(victim.process.terminationStatus == 0, victim.error.comment)
            lines += count
        }

        mutating func check() throws {
            _ = try Victim.run(Built.varve, ["log", "verify", "--data", data], in: folder)
            let info = try Victim.run(Built.varve, ["log", "info", "--data", data, "--json"], in: folder)
            let now = try #require(info.numbers(behind: "\"first_offset\":").first)
            #expect(now >= retained, "R went from \(retained) back to \(now)")
            if now > retained { moves += 1 }
            retained = now
            let expected = Array(stride(from: 0, to: retained, by: 100)) + Array(retained..<lines)
            let found = try Victim.run(Built.varve, ["cat", "--data", data, "--json"], in: folder).numbers(behind: "\"n\":")
            #expect(found == expected, "\(found.count) lines where \(expected.count) are due, R \(retained)")
        }
    }
}
