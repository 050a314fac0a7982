import Testing
import VarveEvents
import VarveWire

/// JSON lines as people have them: keys at the top, times in any spelling, empty texts, holes.
@Suite struct AnyLineTests {
    @Test func `keys of the top level that are not the envelope's are attributes`() {
        let decoded = decode(
            """
            {"time":1755000000123,"signal":"s","level":"info","offset":3,"observed":"2026-01-01T00:00:00Z","gone":null}
            {"level":{"a":[1,2,{}]},"time":1755000000123,"signal":"s","n":1,"host":"h","host":"i","data":{"n":2}}
            {"time":1755000000123,"signal":"s","":1,"n":1,"data":{"n":2,"top.n":3}}

            """)
        #expect(decoded.rejections == [])
        #expect(
            decoded.events.map(\.attributes) == [
                [Attribute("level", .string("info"))],
                [
                    Attribute("host", .string("i")), Attribute("level", .json(#"{"a":[1,2,{}]}"#)), Attribute("n", .int64(2)),
                    Attribute("top.n", .int64(1)),
                ],
                [Attribute("n", .int64(2)), Attribute("top.n", .int64(3))],
            ])
        #expect(decoded.leftOut == ["n": 1, "(keys that are no names)": 1])
        #expect(decoded.events.allSatisfy { $0.observed == nil })
    }

    @Test func `the limit of attributes counts those beside data too`() {
        func keys(_ prefix: String, _ count: Int) -> String {
            (0..<count).map { #""\#(prefix)\#($0)":1"# }.joined(separator: ",")
        }
        for (beside, reasons) in [(2_091, []), (2_092, [RejectionReason.tooManyAttributes])] {
            let line = #"{"time":1755000000123,"signal":"s",\#(keys("a", beside)),"data":{\#(keys("b", 2_000))}}"#
            #expect(decode(line + "\n").reasons == reasons)
        }
    }

    @Test(
        arguments: [
            (#""""#, nil), (#""a""#, "a"), ("null", nil),
        ] as [(String, String?)])
    func `an empty text in the envelope is an absent value`(json: String, value: String?) {
        let names = ["tenant", "component", "session_id", "user"].map { #""\#($0)":\#(json)"# }.joined(separator: ",")
        let line = #"{"time":1755000000123,"signal":"s",\#(names)}"#
        // More lines than are worth the fast way.
        let decoded = decode(String(repeating: line + "\n", count: 300))
        #expect(decoded.rejections == [])
        for event in decoded.events {
            #expect([event.tenant, event.component, event.session, event.user] == [value, value, value, value])
        }
    }

    @Test(arguments: [
        ("1764300003.1234567891", TimeFormat.seconds, 1_764_300_003_123_456_789),
        (#""1764300003.1234567891""#, .seconds, 1_764_300_003_123_456_789),
        ("1.764300003123456e9", .seconds, 1_764_300_003_123_456_000),
        ("1764300003123.4", .milliseconds, 1_764_300_003_123_400_000),
        (#""1764300003123""#, .milliseconds, 1_764_300_003_123_000_000), ("1764300003", .auto, 1_764_300_003_000_000_000),
        ("1764300003123456", .auto, 1_764_300_003_123_456_000), (#""1764300003.5""#, .auto, 1_764_300_003_500_000_000),
    ])
    func `epoch numbers keep every digit up to the nanosecond`(json: String, format: TimeFormat, nanoseconds: Int) {
        let before = #"{"signal":"other","data":{"x":[1.5,{"y":2.5}],"z":1e3},"time":1764300003,"a":[0.5]}"#
        let line = #"{"signal":"s","data":{"x":[1.5,{"y":2.5}],"z":1e3},"a":[{},[],0.25],"time":\#(json)}"#
        let text = [before, line, before, line].map { $0 + "\n" }.joined()
        let times = decode(text, time: format).events.filter { $0.signal == "s" }.map(\.time.nanoseconds)
        #expect(times == [Int64(nanoseconds), Int64(nanoseconds)])
    }

    @Test(arguments: [
        ("2025-08-12 14:00:00,5+0200", 500_000_000), ("2025-08-12T12:00:00 UTC", 0), ("2025-08-12 12:00 gmt", 0),
        ("2025-08-12T14:00:00 +02", 0), ("2025/08/12 12:00:00.25Z", 250_000_000),
        ("2025-08-12T14:00:00.1234567899+02:00", 123_456_789),
        ("2025-08-12T14:00:00", 0), ("2025-08-12 14:00", 0),
    ])
    func `times that differ from RFC 3339 in one respect are taken`(text: String, rest: Int) {
        var options = DecodeOptions(.ndjson, now: testNow)
        options.zone = TimeZoneRule("Europe/Berlin")
        let decoded = decode(Array(#"{"time":"\#(text)","signal":"s"}"#.utf8), options)
        #expect(decoded.events.map(\.time.nanoseconds) == [1_755_000_000_000_000_000 + Int64(rest)])
    }

    @Test func `an event without a signal gets the one that was given`() {
        var options = DecodeOptions(.ndjson, now: testNow)
        options.defaultSignal = "log.entry"
        let text = #"{"time":1755000000123,"msg":"a"}"# + "\n" + #"{"time":1755000000123,"signal":"s"}"# + "\n"
        let events = decode(Array(String(repeating: text, count: 200).utf8), options).events
        #expect(events.prefix(2).map(\.signal) == ["log.entry", "s"])
    }

    @Test(arguments: [
        #"{"level":"info","msg":"x","time":"2025-08-12T12:00:00Z","n":1}"#,
        #"{"time":"2025-08-12T12:00:00Z","level":"INFO","msg":"x","n":1}"#,
        #"{"level":"info","message":"x","timestamp":"2025-08-12T12:00:00Z","n":1}"#,
        #"{"event":"x","level":"info","timestamp":"2025-08-12T12:00:00.000000Z","n":1}"#,
    ])
    func `the JSON of any logger with level, message and time is recognised`(line: String) {
        let event = decode(Array(line.utf8), DecodeOptions(.auto, now: testNow)).events.first
        #expect(event?.signal == "log.entry" && event?.time.nanoseconds == 1_755_000_000_000_000_000)
        let expected: [Attribute] = [
            Attribute("level", .string("info")), Attribute("message", .string("x")), Attribute("n", .int64(1)),
        ]
        #expect(event?.attributes == expected)
    }

    @Test func `an object around a list of records is refused with the command that cuts it`() {
        let rejection = decode(#"{"Records":[{"eventTime":"2025-08-12T12:00:00Z"}]}"# + "\n").rejections.first
        #expect(rejection?.hint?.contains("jq -c '.Records[]' FILE") == true)
        let bytes = Array(#"{"time":1755000000123,"signal":"s","data":{"n":"50 "#.utf8) + [0x80] + Array("\"}}\n".utf8)
        let encoding = decode(bytes, DecodeOptions(.ndjson, now: testNow)).rejections.first
        #expect(encoding?.reason == .invalidUTF8 && encoding?.hint?.contains("--encoding latin1") == true)
    }

    @Test func `holes of NUL bytes between lines are passed over and counted`() {
        let line = #"{"time":1755000000123,"signal":"s"}"#
        let hole = String(repeating: "\0", count: 5_000)
        for chunk in [7, 1_000, .max] {
            var decoder = InputDecoder(DecodeOptions(.ndjson, now: testNow))
            let bytes = Array("\(hole)\(line)\n\(line)\n\(hole)\n\(hole)\(line)\(hole)\n\(line)\n".utf8)
            var at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + min(chunk, bytes.count))
                bytes[at..<end].withUnsafeBytes { decoder.feed($0) }
                at = end
            }
            decoder.finish()
            #expect(decoder.received == 4 && decoder.rejected == 0)
            #expect(decoder.paddingBytes == 20_000)
            #expect(decoder.bytesDecoded == UInt64(bytes.count))
        }
    }
}
