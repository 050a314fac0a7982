import Testing
import VarveEvents
import VarveIngest
import VarveWire

struct RefusalSummaryTests {
    private static func rejections(_ text: String) -> [Rejection] {
        var decoder = InputDecoder(DecodeOptions(.ndjson, now: Timestamp(nanoseconds: 1_790_000_000_000_000_000)))
        Array(text.utf8).withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        var all: [Rejection] = []
        while let block = decoder.nextBlock(flush: true) { all += block.rejections }
        return all
    }

    @Test func `refusals of one cause are one line with a count and the first example`() {
        var summary = RefusalSummary()
        let bad = (0..<500).map { #"{"time":"no time \#($0)","signal":"a.b"}"# + "\n" }.joined() + #"{"signal":"a.b"}"# + "\n"
        for rejection in Self.rejections(bad) { summary.add(rejection, from: "day.ndjson") }
        #expect(summary.total == 501)
        #expect(summary.causes.map(\.count) == [500, 1])
        #expect(summary.causes[0].description.hasPrefix("500 records, the first day.ndjson:1: "))
        #expect(summary.causes[1].description.hasPrefix("day.ndjson:501: "))
    }

    @Test func `however many causes there are, memory is bounded and every record is counted`() {
        var summary = RefusalSummary()
        for cause in 0..<10_000 {
            let name = String((0..<5).map { Character(UnicodeScalar(UInt8(97 + cause / [1, 10, 100, 1_000, 10_000][$0] % 10))) })
            summary.add(Rejection(field: "field \(name) is wrong", line: cause, byteOffset: 0, bytes: []), from: "f")
        }
        #expect(summary.causes.count <= 64)
        #expect(summary.causes.reduce(0) { $0 + $1.count } + summary.others == 10_000)
    }
}
