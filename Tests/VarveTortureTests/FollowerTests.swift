import Foundation
import Testing

/// Eight processes that follow a log while another writes it, in segments of 200 events that are sealed under the readers.
@Suite(.serialized) struct FollowerTests {
    @Test func `eight following processes see every event once and in order, while the writer is killed and started again`()
        throws
    {
        let ground = try Ground()
        let (folder, data) = (ground.url, ground.path("data"))
        var (first, writers) = (0, 0)
        var readers: [Victim] = []
        let end = Date().addingTimeInterval(Double(Scale.number("VARVE_FOLLOW_SECONDS", 10)))
        while Date() < end {
            let writer = try Victim(Built.torture, ["write", data, String(first), "200"], in: folder)
            writers += 1
            let wasKilled = writer.kill(afterMilliseconds: 1_500, ofOutput: true)
            try #require(wasKilled, "the writer ended by itself: \(writer.error.text)")
            first = max(first, writer.wholeLines.numbers(behind: "next ").last ?? 0)
            if readers.isEmpty {
                // They are told later where to stop.
                readers = try (0..<8).map { _ in try Victim(Built.torture, ["follow", data, data + ".end"], in: folder) }
            }
        }
        // One undisturbed open: what was written and not acknowledged is now in the log or not.
        _ = try Victim.run(Built.torture, ["open", data], in: folder)
        let count = try Victim.run(Built.varve, ["cat", "--data", data], in: folder).numbers(behind: "\"number\":")
        #expect(count == Array(0..<count.count))
        #expect(count.count >= first)
        try Data("\(count.count)\n".utf8).write(to: URL(filePath: data + ".end"), options: .atomic)
        for reader in readers {
            reader.process.waitUntilExit()
            #expect(reader.process.terminationStatus == 0, reader.output.comment)
            #expect(reader.output.text == "\(count.count) events\n")
        }
        print("followers: 8 processes, \(count.count) events in segments of 200, \(writers) writers killed")
    }
}
