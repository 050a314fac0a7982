import Testing
import VarveEvents
import VarveSettings
import VarveWire

@Suite struct PassingTimeTests {
    private static let twoDays: Int64 = 2 * 86_400_000_000_000

    /// What a format begins with, and a record from two days after `testNow`.
    private static let inputs: [(format: InputFormat, head: String, late: String)] = [
        (.ndjson, "", #"{"time":"2026-01-03T00:00:00Z","signal":"a.b"}"# + "\n"),
        (.common, "", #"h - - [03/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 1"# + "\n"),
        (.csv, "t\n", "2026-01-03T00:00:00Z\n"),
    ]

    @Test(arguments: [0, 1, 2])
    func `an event from the future is refused until its time has come, in one and the same stream`(input: Int) throws {
        let (format, head, late) = Self.inputs[input]
        let mapping = try FieldMapping(yaml: "time: {column: t, unit: rfc3339}\nsignal: {constant: a.b}\n", file: "map.yaml")
        var decoder = InputDecoder(DecodeOptions(format, now: testNow, mapping: format == .csv ? mapping : nil))
        Array((head + late).utf8).withUnsafeBytes { decoder.feed($0) }
        #expect(decoder.received == 1)
        #expect(decoder.rejected == 1)
        decoder.set(now: Timestamp(nanoseconds: testNow.nanoseconds + Self.twoDays))
        Array(late.utf8).withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        #expect(decoder.received == 2)
        #expect(decoder.rejected == 1)
    }
}
