import Testing
import VarveEvents
import VarveSettings
import VarveWire

/// What an event without `time` is refused with.
@Suite struct MissingTimeTests {
    @Test(arguments: ["timestamp", "@timestamp", "date", "createdAt", "Time", "event-time"])
    func `the refusal has a mapping that reads the event`(name: String) throws {
        let line = #"{"\#(name)":"2025-08-12T12:00:00Z","signal":"retry.success","component":"Cart","user":"u","n":1}"# + "\n"
        let rejection = try #require(decode(line).rejections.first)
        #expect(rejection.reason == .missingTime)
        #expect(rejection.message == #"the event lacks "time"; it has "\#(name)""#)
        let hint = try #require(rejection.hint)
        #expect(hint.contains("--format ecs") == (name == "@timestamp"))
        let start = try #require(hint.firstIndex(of: "{"))
        var options = DecodeOptions(.ndjson, now: testNow)
        options.mapping = try FieldMapping(yaml: String(hint[start...]), file: "hint")
        let event = try #require(decode(Array(line.utf8), options).events.first)
        #expect(event.time.nanoseconds == 1_755_000_000_000_000_000)
        #expect(event.signal == "retry.success" && event.component == "Cart" && event.user == "u")
        #expect(event.attributes == [Attribute("n", .int64(1))])
    }

    @Test func `without any time there is no hint, and without a signal a constant one`() {
        #expect(decode(#"{"signal":"s","timestamp":null,"date":{}}"# + "\n").rejections.first?.hint == nil)
        let hint = decode(#"{"timestamp":1755000000123}"# + "\n").rejections.first?.hint
        #expect(hint?.contains("signal: {constant: log.entry}") == true)
    }

    @Test(arguments: [
        #"{"time":NaN,"signal":"s","data":{}}"#, #"[{"time":1,"signal":"s"}]"#, #"["a","b"]"#, #"{"a":1,"b":2,}"#,
    ])
    func `JSON with a fault is no table`(line: String) {
        var decoder = InputDecoder(DecodeOptions(.ndjson, now: testNow))
        Array((line + "\n" + line + "\n").utf8).withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        #expect(decoder.rejected == 2)
        #expect(decoder.summary.looksLike?.format != .csv)
    }
}
