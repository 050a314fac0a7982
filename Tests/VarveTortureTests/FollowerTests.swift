import Foundation
import Testing
import VarveTestSupport

/// Eight processes that follow a log while another writes it, in segments of 200 events, and a third compacts them and removes
/// what all eight have seen.
@Suite(.serialized) struct FollowerTests {
    @Test func `eight following processes see every event once and in order, beside kills and maintenance`() async throws {
        try await onThread {
            let ground = try Ground()
            let (folder, data) = (ground.url, ground.path("data"))
            var (first, writers) = (0, 0)
            var readers: [Victim] = []
            // On a log that is not there yet it waits; it is killed in the middle of whatever it does.
            let maintainer = try Victim(Built.torture, ["maintain", data, "8"], in: folder)
            let end = Date().addingTimeInterval(Double(Scale.number("VARVE_FOLLOW_SECONDS", 10)))
            while Date() < end {
                let writer = try Victim(Built.torture, ["write", data, String(first), "200"], in: folder)
                writers += 1
                let wasKilled = writer.kill(afterMilliseconds: 1_500, ofOutput: true)
                try #require(wasKilled, "the writer ended by itself: \(writer.error.text)")
                first = max(first, writer.wholeLines.numbers(behind: "next ").last ?? 0)
                if readers.isEmpty {
                    // They are told later where to stop.
                    readers = try (0..<8).map {
                        try Victim(Built.torture, ["follow", data, data + ".end", data + ".progress.\($0)"], in: folder)
                    }
                }
            }
            let wasKilled = maintainer.kill(afterMilliseconds: 0, ofOutput: false)
            try #require(wasKilled, "the maintenance ended by itself: \(maintainer.output.text) \(maintainer.error.text)")
            // One undisturbed open: what was written and not acknowledged is now in the log or not.
            _ = try Victim.run(Built.torture, ["open", data], in: folder)
            let info = try Victim.run(Built.varve, ["log", "info", "--data", data, "--json"], in: folder)
            // With nothing left in it the log has no first offset: all is removed.
            let isEmpty = info.text.contains("\"first_offset\":null")
            let retained = info.numbers(behind: isEmpty ? "\"durable_offset\":" : "\"first_offset\":").first ?? 0
            let left = try Victim.run(Built.varve, ["cat", "--data", data], in: folder).numbers(behind: "\"number\":")
            let count = retained + left.count
            #expect(left == Array(retained..<count))
            #expect(count >= first)
            _ = try Victim.run(Built.varve, ["log", "verify", "--data", data], in: folder)
            try Data("\(count)\n".utf8).write(to: URL(filePath: data + ".end"), options: .atomic)
            for reader in readers {
                reader.process.waitUntilExit()
                #expect(reader.process.terminationStatus == 0, reader.output.comment)
                #expect(reader.output.text == "\(count) events\n")
            }
            let compacted = maintainer.wholeLines.numbers(behind: "compacted ").last ?? 0
            print(
                "followers: 8 processes, \(count) events in segments of 200, \(writers) writers killed, "
                    + "\(compacted) segments compacted, \(retained) events removed")
        }
    }
}
