import Foundation
import Testing
import VarveEvents
import VarveIngest
import VarveLog
import VarveWire

struct IntakeTests {
    private static func block(_ text: String) -> [DecodedBlock] {
        var options = DecodeOptions(.ndjson, now: Timestamp(nanoseconds: 1_790_000_000_000_000_000))
        options.keepsRecords = true
        var decoder = InputDecoder(options)
        Array(text.utf8).withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        var blocks: [DecodedBlock] = []
        while let block = decoder.nextBlock(flush: true) { blocks.append(block) }
        return blocks
    }

    private static func batch(_ range: Range<Int>) -> EventBatch {
        var builder = BatchBuilder()
        for number in range {
            var event = Event(time: Timestamp(nanoseconds: 1_767_225_600_000_000_000), signal: "a.b")
            event.attributes = [Attribute("n", .int64(Int64(number)))]
            builder.append(event)
        }
        return builder.finish()
    }

    @Test func `many intakes at once: every receipt adds up, and so does the log`() async throws {
        let log = try TemporaryLog()
        let ingestor = try await Ingestor.open(at: log.path)
        let receipts = try await withThrowingTaskGroup(of: IngestReceipt.self) { group in
            for request in 0..<40 {
                group.addTask {
                    var intake = try ingestor.intake(IngestOptions(source: "request \(request)"))
                    for part in 0..<3 {
                        let first = request * 1_000 + part * 10
                        let text = TemporaryLog.lines(first..<(first + 10)) + "no event\n"
                        for block in Self.block(text) { try await intake.take(block) }
                    }
                    return try await intake.finish()
                }
            }
            var all: [IngestReceipt] = []
            for try await receipt in group { all.append(receipt) }
            return all
        }
        for receipt in receipts {
            #expect(receipt.received == 33 && receipt.appended == 30 && receipt.rejected == 3 && receipt.duplicate == 0)
            #expect(receipt.lastOffset.map { $0 < receipt.durable } == true)
        }
        try await ingestor.close()
        #expect(try log.numbers().count == 1_200)
        let letters = try #require(receipts[0].deadLetters)
        #expect(try String(contentsOfFile: letters, encoding: .utf8).split(separator: "\n").count == 120)
    }

    @Test func `an intake that is dropped appends nothing more`() async throws {
        let log = try TemporaryLog()
        let ingestor = try await Ingestor.open(at: log.path)
        do {
            var intake = try ingestor.intake()
            try await intake.take(Self.batch(0..<100))
        }
        try await ingestor.close()
        #expect(try log.numbers().isEmpty)
    }

    @Test func `a request of any length is appended in parts as they fill`() async throws {
        let log = try TemporaryLog()
        let ingestor = try await Ingestor.open(at: log.path)
        var intake = try ingestor.intake()
        for part in 0..<25 { try await intake.take(Self.batch((part * 2_000)..<(part * 2_000 + 2_000))) }
        #expect(intake.durable > 16_000)
        let receipt = try await intake.finish()
        #expect(receipt.appended == 50_000 && receipt.firstOffset == 0 && receipt.lastOffset == 49_999)
        try await ingestor.close()
        #expect(try log.numbers() == (0..<50_000).map { Int64($0) })
    }

    /// Parts have 16,384 events: in the first, in the second, just before the end in the third.
    @Test(arguments: [7, 20_000, 35_999])
    func `a request that broke off goes on where the log stops, however it is cut`(end: Int) async throws {
        let log = try TemporaryLog()
        let key = IngestKey("order-77", scope: "shop", content: 0xABCDEF)
        for (isWhole, step) in [(false, 5_000), (true, 3_333), (true, 18_000)] {
            // Opened anew: what is known of the key comes from the log.
            let ingestor = try await Ingestor.open(at: log.path)
            var intake = try ingestor.intake(IngestOptions(key: key))
            let last = isWhole ? 36_000 : end
            for first in stride(from: 0, to: last, by: step) {
                try await intake.take(Self.batch(first..<min(first + step, last)))
            }
            if isWhole {
                let receipt = try await intake.finish()
                #expect(receipt.received == 36_000 && receipt.appended + receipt.duplicate == 36_000)
            } else {
                try await intake.flush()
            }
            try await ingestor.close()
        }
        #expect(try log.numbers() == (0..<36_000).map { Int64($0) })
    }

    @Test func `a key that is used for other content, or twice at once, is refused`() async throws {
        let log = try TemporaryLog()
        let ingestor = try await Ingestor.open(at: log.path)
        do {
            var intake = try ingestor.intake(IngestOptions(key: IngestKey("k", content: 1)))
            #expect { _ = try ingestor.intake(IngestOptions(key: IngestKey("k", content: 1))) } throws: {
                ($0 as? IngestError)?.code == .keyInUse
            }
            try await intake.take(Self.batch(0..<10))
            #expect(try await intake.finish().appended == 10)
        }
        #expect { _ = try ingestor.intake(IngestOptions(key: IngestKey("k", content: 2))) } throws: {
            ($0 as? IngestError)?.code == .keyConflict
        }
        var shorter = try ingestor.intake(IngestOptions(key: IngestKey("k", content: 1)))
        try await shorter.take(Self.batch(0..<5))
        do {
            _ = try await shorter.finish()
            Issue.record("a request with fewer records under the same key was taken")
        } catch {
            #expect(error.code == .keyConflict)
        }
        try await ingestor.close()
    }

    @Test func `a cancelled request stops, and what it appended stays`() async throws {
        let log = try TemporaryLog()
        let ingestor = try await Ingestor.open(at: log.path)
        let task = Task {
            var intake = try ingestor.intake()
            var next = 0
            while next < 10_000_000 {
                try await intake.take(Self.batch(next..<(next + 1_000)))
                next += 1_000
            }
            return try await intake.finish().appended
        }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        await #expect(throws: IngestError.self) { try await task.value }
        try await ingestor.close()
        let numbers = try log.numbers()
        #expect(numbers == (0..<numbers.count).map { Int64($0) })
    }

    @Test func `a new log has the catalog's retention rules`() async throws {
        let log = try TemporaryLog()
        try await Ingestor.open(at: log.path).close()
        #expect(try LogReader.open(at: log.path).rules() == RetentionRule.catalog)
        #expect(!RetentionRule.catalog.isEmpty)
    }
}
