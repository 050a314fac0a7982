import Foundation
import Testing
import VarveEvents
import VarveIngest
import VarveLog
import VarveWire

/// Requests that are sent again under their keys, however long ago they came.
struct KeyTests {
    private static func send(
        _ text: String, _ key: BodyKey, to ingestor: Ingestor, durability: Durability = .sync
    ) async throws -> IngestReceipt {
        let decoding = DecodeOptions(.ndjson, now: Timestamp(nanoseconds: 1_790_000_000_000_000_000))
        var body = try BodyIngest(ingestor, decoding, IngestOptions(durability: durability), key: key)
        let bytes = Array(text.utf8)
        for first in stride(from: 0, to: bytes.count, by: 200_000) {
            try feed(Array(bytes[first..<min(first + 200_000, bytes.count)]), &body)
            try await body.append()
        }
        return try await body.finish().receipt
    }

    private static func feed(_ bytes: [UInt8], _ body: inout BodyIngest) throws {
        try bytes.withUnsafeBytes { try body.feed($0) }
    }

    private static func isConflict(_ error: any Error) -> Bool { (error as? IngestError)?.code == .keyConflict }

    @Test func `after a restart all of the content is compared`() async throws {
        let log = try TemporaryLog()
        var ingestor = try await Ingestor.open(at: log.path)
        _ = try await Self.send(TemporaryLog.lines(0..<3), .name("k"), to: ingestor)
        try await ingestor.close()
        ingestor = try await Ingestor.open(at: log.path)
        // Of 4,096 other bodies one has the same 12 bits: of so many some have.
        var taken = 0
        for other in 1...12_000 {
            do {
                _ = try await Self.send(TemporaryLog.lines(other..<other + 3), .name("k"), to: ingestor)
                taken += 1
            } catch {
                #expect(Self.isConflict(error), "\(error)")
            }
        }
        #expect(taken == 0, "\(taken) other bodies were taken for the first one")
        let again = try await Self.send(TemporaryLog.lines(0..<3), .name("k"), to: ingestor)
        #expect(again.appended == 0 && again.duplicate == 3 && again.firstOffset == 0 && again.lastOffset == 2)
        try await ingestor.close()
        #expect(try log.numbers() == [0, 1, 2])
    }

    @Test func `a long body that grew is another one, after a restart too`() async throws {
        let log = try TemporaryLog()
        var ingestor = try await Ingestor.open(at: log.path)
        let first = try await Self.send(TemporaryLog.lines(0..<30_000) + "none\n", .name("long"), to: ingestor)
        #expect(first.appended == 30_000 && first.rejected == 1)
        try await ingestor.close()
        ingestor = try await Ingestor.open(at: log.path)
        do {
            let grown = TemporaryLog.lines(0..<30_000) + "none\n" + TemporaryLog.line(7)
            _ = try await Self.send(grown, .name("long"), to: ingestor)
            Issue.record("another body was taken under the key")
        } catch {
            #expect(Self.isConflict(error), "\(error)")
        }
        let again = try await Self.send(TemporaryLog.lines(0..<30_000) + "none\n", .name("long"), to: ingestor)
        #expect(again.received == 30_001 && again.duplicate == 30_000 && again.rejected == 1 && again.appended == 0)
        #expect(again.firstOffset == 0 && again.lastOffset == 29_999)
        let letters = try FileManager.default.contentsOfDirectory(atPath: log.path + "/rejected")
        #expect(letters.count == 1, "what was refused is kept once")
        try await ingestor.close()
        #expect(try log.numbers().count == 30_000)
    }

    @Test func `a producer's number is known, however many came behind it`() async throws {
        let log = try TemporaryLog()
        var ingestor = try await Ingestor.open(at: log.path)
        func number(_ number: Int) -> BodyKey { .sequence(producer: "p", epoch: 1, number: UInt64(number)) }
        for sent in 0..<100 { _ = try await Self.send(TemporaryLog.line(sent), number(sent), to: ingestor) }
        try await ingestor.close()
        ingestor = try await Ingestor.open(at: log.path)
        let again = try await Self.send(TemporaryLog.line(5), number(5), to: ingestor)
        #expect(again.appended == 0 && again.duplicate == 1 && again.firstOffset == 5)
        do {
            _ = try await Self.send(TemporaryLog.line(6), number(5), to: ingestor)
            Issue.record("another body was taken under the number")
        } catch {
            #expect(Self.isConflict(error), "\(error)")
        }
        try await ingestor.close()
        #expect(try log.numbers() == Array(0..<100))
    }

    /// More keys than the log itself remembers. `VARVE_KEYS=70000` does that; the short form goes through two files of keys.
    @Test func `keys are known when many others came since`() async throws {
        let count = Int(ProcessInfo.processInfo.environment["VARVE_KEYS"] ?? "") ?? 7_000
        let log = try TemporaryLog()
        var ingestor = try await Ingestor.open(at: log.path)
        try await Self.sendMany(0..<count, to: ingestor)
        let files = try FileManager.default.contentsOfDirectory(atPath: log.path + "/keys")
        #expect(files.count >= 2)
        try await Self.sendMany(0..<50, to: ingestor)
        try await ingestor.close()
        ingestor = try await Ingestor.open(at: log.path)
        try await Self.sendMany(0..<50, to: ingestor)
        try await ingestor.close()
        #expect(try log.numbers().count == count)
    }

    private static func sendMany(_ range: Range<Int>, to ingestor: Ingestor) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<16 {
                group.addTask {
                    for number in range where number % 16 == client {
                        let receipt = try await send(
                            TemporaryLog.line(number), .name("key \(number)"), to: ingestor, durability: .interval)
                        #expect(receipt.appended + receipt.duplicate == 1)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `keys that nobody has sent for long are forgotten, by whole files`() async throws {
        let log = try TemporaryLog()
        let ingestor = try await Ingestor.open(at: log.path)
        try await Self.sendMany(0..<6_500, to: ingestor)
        let keys = log.path + "/keys"
        #expect(try FileManager.default.contentsOfDirectory(atPath: keys).count == 2)
        try await ingestor.forgetKeys(before: Timestamp(nanoseconds: 1_700_000_000_000_000_000))
        #expect(try FileManager.default.contentsOfDirectory(atPath: keys).count == 2)
        try await ingestor.forgetKeys(before: Timestamp(nanoseconds: 4_000_000_000_000_000_000))
        #expect(try FileManager.default.contentsOfDirectory(atPath: keys) == ["00000002.keys"])
        try await ingestor.close()
    }

    @Test func `damaged and foreign files of keys are no obstacle`() async throws {
        let log = try TemporaryLog()
        var ingestor = try await Ingestor.open(at: log.path)
        _ = try await Self.send(TemporaryLog.line(1), .name("k"), to: ingestor)
        try await ingestor.close()
        let path = log.path + "/keys/00000001.keys"
        let sound = try Data(contentsOf: URL(filePath: path))
        #expect(sound.count == 4_096 + 128 << 13)
        let place = try #require(sound[4_096...].firstIndex { $0 != 0 })
        for (name, damage) in [("cut", sound[..<5_000]), ("empty", sound[..<0]), ("header", sound[..<100])] {
            try Data(damage).write(to: URL(filePath: path))
            ingestor = try await Ingestor.open(at: log.path)
            // The log itself still knows it.
            let again = try await Self.send(TemporaryLog.line(1), .name("k"), to: ingestor)
            #expect(again.appended == 0 && again.duplicate == 1, "\(name)")
            try await ingestor.close()
            for file in try FileManager.default.contentsOfDirectory(atPath: log.path + "/keys") {
                try FileManager.default.removeItem(atPath: log.path + "/keys/" + file)
            }
        }
        for byte in place..<place + 128 {
            var flipped = sound
            flipped[byte] ^= 0x10
            try flipped.write(to: URL(filePath: path))
            ingestor = try await Ingestor.open(at: log.path)
            let again = try await Self.send(TemporaryLog.line(1), .name("k"), to: ingestor)
            #expect(again.appended == 0 && again.duplicate == 1, "byte \(byte)")
            try await ingestor.close()
        }
        #expect(try log.numbers() == [1])
    }
}
