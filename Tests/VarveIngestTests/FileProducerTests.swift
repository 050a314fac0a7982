import Foundation
import Testing
import VarveEvents
import VarveIngest

struct FileProducerTests {
    @Test func `a copy that was renamed and packed adds nothing`() async throws {
        let log = try TemporaryLog()
        let day = try log.file("day.ndjson", TemporaryLog.lines(0..<200))
        #expect(try await log.ingest([day]).appended == 200)
        let packed = try log.gzip(day, as: "day.ndjson.1.gz")
        let receipt = try await log.ingest([packed])
        #expect(receipt.appended == 0 && receipt.duplicate == 200)
        #expect(try log.numbers() == (0..<200).map { Int64($0) })
    }

    @Test func `a packed copy that was cut is completed by the whole one`() async throws {
        let log = try TemporaryLog()
        let day = try log.file("day.ndjson", (0..<400).map { TemporaryLog.line($0 &* 7_919) }.joined())
        let whole = try log.gzip(day, as: "day.ndjson.1.gz")
        let size = try FileManager.default.attributesOfItem(atPath: whole)[.size] as? Int ?? 0
        let cut = try log.gzip(day, as: "day.cut.gz", cutAt: size / 2)
        let first = try await log.ingest([cut])
        #expect(first.appended > 0 && first.appended < 400)
        let second = try await log.ingest([whole])
        #expect(second.appended == 400 - first.appended && second.duplicate == first.appended)
        #expect(try log.numbers() == (0..<400).map { Int64($0 &* 7_919) })
    }

    @Test(arguments: [1, 2, 5, 40, 64, 65, 300])
    func `a file that has grown adds its new lines, from any length on`(length: Int) async throws {
        let log = try TemporaryLog()
        let early = try log.file("app.log", TemporaryLog.lines(0..<length))
        #expect(try await log.ingest([early]).appended == length)
        for end in [length + 1, length + 30, 1_000] {
            let grown = try log.file("app.log", TemporaryLog.lines(0..<end))
            let receipt = try await log.ingest([grown])
            #expect(receipt.appended + receipt.duplicate == end)
        }
        #expect(try log.numbers() == (0..<1_000).map { Int64($0) })
    }

    @Test(arguments: [1, 3, 9])
    func `a short file's copy that was cut adds nothing`(length: Int) async throws {
        let log = try TemporaryLog()
        let whole = try log.file("whole.ndjson", TemporaryLog.lines(0..<10))
        #expect(try await log.ingest([whole]).appended == 10)
        let cut = try log.file("cut.ndjson", TemporaryLog.lines(0..<length))
        let receipt = try await log.ingest([cut])
        #expect(receipt.appended == 0 && receipt.duplicate == length)
    }

    @Test func `an array that has grown adds its new elements, in any layout`() async throws {
        let log = try TemporaryLog()
        func array(_ end: Int, _ separator: String) -> String {
            "[" + (0..<end).map { TemporaryLog.line($0).dropLast() }.joined(separator: separator) + "]"
        }
        #expect(try await log.ingest([log.file("a.json", array(300, ","))]).appended == 300)
        let again = try await log.ingest([log.file("b.json", array(300, ",\n  "))])
        #expect(again.appended == 0 && again.duplicate == 300)
        let grown = try await log.ingest([log.file("a.json", array(420, ","))])
        #expect(grown.appended == 120 && grown.duplicate == 300)
        let lines = try await log.ingest([log.file("c.ndjson", TemporaryLog.lines(0..<430))])
        #expect(lines.appended == 10 && lines.duplicate == 420)
        #expect(try log.numbers() == (0..<430).map { Int64($0) })
    }

    @Test func `both copies in one run are one file`() async throws {
        let log = try TemporaryLog()
        let day = try log.file("day.ndjson", TemporaryLog.lines(0..<500))
        let receipt = try await log.ingest([day, log.gzip(day, as: "day.ndjson.1.gz")])
        #expect(receipt.received == 1_000 && receipt.appended == 500 && receipt.duplicate == 500)
    }

    @Test func `files that begin alike and go on in different ways are different files`() async throws {
        let log = try TemporaryLog()
        let monday = try log.file("monday", TemporaryLog.lines(0..<300) + TemporaryLog.lines(1_000..<1_300))
        let tuesday = try log.file("tuesday", TemporaryLog.lines(0..<300) + TemporaryLog.lines(2_000..<2_400))
        #expect(try await log.ingest([monday]).appended == 600)
        #expect(try await log.ingest([tuesday]).appended == 700)
        for (file, count) in [(monday, 600), (tuesday, 700)] {
            let again = try await log.ingest([file])
            #expect(again.appended == 0 && again.duplicate == count)
        }
    }

    @Test func `another producer's file is another one`() async throws {
        let log = try TemporaryLog()
        let day = try log.file("day.ndjson", TemporaryLog.lines(0..<20))
        for name in ["web", "shop"] { #expect(try await log.ingest([day], producer: name).appended == 20) }
    }
}
