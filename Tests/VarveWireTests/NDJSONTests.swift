import Testing
import VarveEvents
import VarveWire

@Suite struct NDJSONTests {
    @Test func `a full event keeps every field`() throws {
        let decoded = decode(
            #"{"id":"a-1","time":1755000000123,"signal":"retry.success","tenant":"t1","component":"Cart","session_id":"s9","#
                + #""user_id":"u3","data":{"attempt":2,"duration_ms":12.5,"whole":3.0,"ok":true,"no":false,"note":"caf\u00e9","#
                + #""gone":null,"tags":["a", {"b": 1.50, "c": []}]}}"#)
        #expect(decoded.rejections == [])
        #expect(
            decoded.events == [
                Event(
                    time: Timestamp(nanoseconds: 1_755_000_000_123_000_000), signal: "retry.success", id: "a-1", tenant: "t1",
                    component: "Cart", session: "s9", user: "u3",
                    attributes: [
                        Attribute("attempt", .int64(2)), Attribute("duration_ms", .double(12.5)), Attribute("no", .bool(false)),
                        Attribute("note", .string("café")), Attribute("ok", .bool(true)),
                        Attribute("tags", .json(#"["a",{"b":1.5,"c":[]}]"#)), Attribute("whole", .double(3)),
                    ])
            ])
    }

    @Test(arguments: [
        (#"{"ts":1755000000123,"signal":"s"}"#, TimeFormat.milliseconds, 1_755_000_000_123_000_000),
        (#"{"time":1755000000,"signal":"s"}"#, .seconds, 1_755_000_000_000_000_000),
        (#"{"time":1755000000000001,"signal":"s"}"#, .microseconds, 1_755_000_000_000_001_000),
        (#"{"time":1755000000000000001,"signal":"s"}"#, .nanoseconds, 1_755_000_000_000_000_001),
        (#"{"time":"2025-08-12T12:00:00Z","signal":"s"}"#, .rfc3339, 1_755_000_000_000_000_000),
        (#"{"time":"2025-08-12T14:00:00.000000001+02:00","signal":"s"}"#, .milliseconds, 1_755_000_000_000_000_001),
        (#"{"signal":"s","time":"2025-08-12t06:30:00.5-05:30"}"#, .milliseconds, 1_755_000_000_500_000_000),
    ])
    func `time is an integer of the unit or RFC 3339`(line: String, format: TimeFormat, nanoseconds: Int) {
        let decoded = decode(line, time: format)
        #expect(decoded.rejections == [])
        #expect(decoded.events.map(\.time.nanoseconds) == [Int64(nanoseconds)])
    }

    @Test(arguments: [
        (#"{"time":1755000000,"signal":"s"}"#, RejectionReason.timeOutOfRange, "looks like seconds: --time-unit s"),
        (#"{"time":1755000000000001,"signal":"s"}"#, .timeOutOfRange, "looks like microseconds"),
        (#"{"time":1755000000000000001,"signal":"s"}"#, .timeOutOfRange, "looks like nanoseconds"),
        (#"{"time":0,"signal":"s"}"#, .timeOutOfRange, "between 1990 and now"),
        (#"{"time":"9999-12-31T23:59:59Z","signal":"s"}"#, .timeOutOfRange, "9999"),
        (#"{"time":"1955-11-05T06:15:00Z","signal":"s"}"#, .timeOutOfRange, "1955"),
        (#"{"time":"yesterday","signal":"s"}"#, .badTime, "RFC 3339"),
        (#"{"time":"2025-02-30T00:00:00Z","signal":"s"}"#, .badTime, "RFC 3339"),
        (#"{"time":1755000000.5,"signal":"s"}"#, .timeOutOfRange, "looks like seconds"),
        (#"{"time":"2025-08-12 12:00:00","signal":"s"}"#, .badTime, "--zone UTC"),
        (#"{"time":"12/08/2025 12:00","signal":"s"}"#, .badTime, "%d/%m/%Y"),
        (#"{"time":true,"signal":"s"}"#, .badTime, "boolean"),
        (#"{"signal":"s"}"#, .missingTime, "lacks \"time\""),
        (#"{"time":null,"signal":"s"}"#, .missingTime, "lacks \"time\""),
        (#"{"time":1755000000123}"#, .missingSignal, "lacks \"signal\""),
        (#"{"time":1755000000123,"signal":""}"#, .badName, "signal"),
        (#"{"time":1755000000123,"signal":"retry.succ\u007fess"}"#, .badName, "control"),
        (#"{"time":1755000000123,"signal":"s","tenant":"a\u0000"}"#, .badName, "tenant"),
        (#"{"time":1755000000123,"signal":{}}"#, .wrongType, "signal"),
        (#"{"time":1755000000123,"signal":"s","user_id":{"name":"a"}}"#, .wrongType, "user_id.name"),
        (#"{"time":1755000000123,"signal":"s","tenant":["a"]}"#, .wrongType, "tenant[0]"),
        (#"{"time":1755000000123,"signal":"s","id":""}"#, .badID, "256"),
        (#"{"time":1755000000123,"signal":"s","data":{"":1}}"#, .badName, "attribute"),
        (#"{"time":1755000000123,"signal":"s","data":{"x":9223372036854775808}}"#, .integerOutOfRange, "data.x"),
        (#"{"time":1755000000123,"signal":"s","data":{"x":123456789012345678901234567890}}"#, .integerOutOfRange, "64 bits"),
        (#"{"time":1755000000123,"signal":"s","data":{"x":1e999}}"#, .badNumber, "number"),
        (#"{"time":1755000000123,"signal":"s","data":{"x":NaN}}"#, .notFinite, "NaN"),
        (#"{"time":1755000000123,"signal":"s","data":{"x":-Infinity}}"#, .notFinite, "Infinity"),
        (#"{"time":1755000000123,"signal":"s","data":{"x":"\ud800"}}"#, .badString, "string"),
        (#"{'time':1755000000123}"#, .syntax, "double quotes"),
        ("[1,2]", .notAnObject, "a list"),
        ("42", .notAnObject, "an integer"),
        (#"{"time":1755000000123,"signal":"s"} {"time":1755000000123,"signal":"s"}"#, .syntax, "JSON"),
    ])
    func `each fault has its reason, and its neighbours are taken`(line: String, reason: RejectionReason, says: String) {
        let good = #"{"time":1755000000123,"signal":"good"}"#
        let decoded = decode("\(good)\n\(line)\n\(good)\n")
        #expect(decoded.reasons == [reason])
        #expect(decoded.events.map(\.signal) == ["good", "good"])
        #expect(decoded.lines == [1, 3])
        let sentence = decoded.rejections.first?.description(file: "in.ndjson") ?? ""
        #expect(sentence.hasPrefix("in.ndjson:2: "), "\(sentence)")
        #expect(sentence.contains(says), "\(sentence)")
        #expect(decoded.rejections.first?.bytes == Array(line.utf8))
        #expect(decoded.rejections.first?.byteOffset == UInt64(good.utf8.count + 1))
        #expect(decoded.received == 3)
    }

    @Test func `two bad lines that would make one good event stay two bad lines`() {
        let pairs = [
            (#"{"time":1755000000123,"signal":"a","data":{"x":"one"#, #"two"}}"#),
            (#"{"time":1755000000123,"data":{"x":[{}"#, #"{}]},"signal":"b"}"#),
            (#"{"time":1755000000123,"data":{"x":[{}"#, #"{}]},"signal":"b"}, {"time":1755000000123,"signal":"c"}"#),
        ]
        let good = #"{"time":1755000000123,"signal":"good"}"#
        for (first, second) in pairs {
            let decoded = decode("\(good)\n\(first)\n\(second)\n\(good)\n")
            #expect(decoded.rejections.map(\.line) == [2, 3])
            #expect(decoded.events.map(\.signal) == ["good", "good"])
        }
    }

    @Test func `of a key given twice the last counts`() {
        let decoded = decode(
            """
            {"time":1755000000123,"time":1755000000456,"signal":"a","signal":"b","data":{"x":1},\
            "data":{"y":[1,2],"y":"t","z":1,"z":null}}
            {"time":1755000000123,"signal":"c","data":{"y":5,"y":6,"x":[1,{"q":2}]},"component":"C"}

            """)
        #expect(decoded.rejections == [])
        #expect(decoded.events.map(\.signal) == ["b", "c"])
        #expect(decoded.events.first?.attributes == [Attribute("y", .string("t"))])
        #expect(decoded.events.last?.attributes == [Attribute("x", .json(#"[1,{"q":2}]"#)), Attribute("y", .int64(6))])
        #expect(decoded.events.last?.component == "C")
    }

    @Test func `blank lines, carriage returns, a byte order mark and a missing last newline are no faults`() {
        let line = #"{"time":1755000000123,"signal":"s"}"#
        let decoded = decode("\u{FEFF}\(line)\r\n\n  \t\r\n\(line)\n\n\(line)")
        #expect(decoded.rejections == [])
        #expect(decoded.lines == [1, 4, 6])
        #expect(decoded.blocks.last?.linesCovered == 6)
    }

    @Test func `an import keeps observed and asks for it`() {
        let text = """
            {"time":1755000000123,"signal":"s","observed":"2025-08-12T12:00:01.000000002Z"}
            {"time":1755000000123,"signal":"s"}

            """
        let decoded = decode(Array(text.utf8), DecodeOptions(.ndjson, now: testNow, keepsObserved: true))
        #expect(decoded.events.map(\.observed?.nanoseconds) == [1_755_000_001_000_000_002])
        #expect(decoded.reasons == [.missingObserved])
    }

    @Test func `limits refuse what is beyond them and take what is at them`() {
        func event(_ data: String) -> String { #"{"time":1755000000123,"signal":"s","data":{\#(data)}}"# + "\n" }
        func text(_ count: Int) -> String { String(repeating: "x", count: count) }
        func keys(_ count: Int) -> String { (0..<count).map { #""k\#($0)":1"# }.joined(separator: ",") }
        func deep(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + "1" + String(repeating: "]", count: levels)
        }
        let cases: [(String, RejectionReason?)] = [
            (event(#""a":"\#(text(65_536))""#), nil), (event(#""a":"\#(text(65_537))""#), .stringTooLong),
            (event(#""a":"\#(text(2 << 20))""#), .stringTooLong), (event(#""a":["\#(text(65_536))"]"#), .stringTooLong),
            (event(#""\#(text(256))":1"#), nil), (event(#""\#(text(257))":1"#), .badName),
            (event(keys(4_091)), nil), (event(keys(4_092)), .tooManyAttributes),
            (event(#""a":\#(deep(30))"#), nil), (event(#""a":\#(deep(31))"#), .tooDeep),
            (event(#""a":\#(deep(10_000))"#), .tooDeep),
        ]
        for (line, reason) in cases {
            let decoded = decode(line + event(""))
            #expect(decoded.reasons == (reason.map { [$0] } ?? []), "\(line.prefix(80))")
            #expect(decoded.received == 2)
        }
    }

    @Test func `a line beyond 16 MiB is skipped to its newline and is one refused record`() {
        let good = Array(#"{"time":1755000000123,"signal":"s"}"#.utf8) + [10]
        let long = [UInt8](repeating: 0x61, count: WireLimits.lineBytes + 5)
        for tail in [[10] + good, []] {
            let decoded = decode(good + long + tail, DecodeOptions(.ndjson, now: testNow), chunk: 3 << 20)
            #expect(decoded.reasons == [.lineTooLong])
            #expect(decoded.rejections.first?.byteCount == UInt64(long.count))
            #expect(decoded.rejections.first?.line == 2)
            #expect(decoded.lines == (tail.isEmpty ? [1] : [1, 3]))
        }
    }

    @Test func `binary, cut and wrongly encoded lines are named as such`() {
        let good = Array(#"{"time":1755000000123,"signal":"s"}"#.utf8) + [10]
        let cases: [([UInt8], RejectionReason)] = [
            ([0, 1, 2, 10], .binary), ([0x1F, 0x8B, 8, 0, 10], .binary),
            (Array(#"{"a":""#.utf8) + [0xFF, 0x22, 0x7D, 10], .invalidUTF8), (Array(#"{"time":17550000"#.utf8), .truncated),
            (Array(#"{"time":1755000000123,"signal":"s","data":{"#.utf8), .truncated),
        ]
        for (line, reason) in cases {
            let decoded = decode(good + line, DecodeOptions(.ndjson, now: testNow))
            #expect(decoded.reasons == [reason])
            #expect(decoded.events.count == 1)
        }
        #expect(decode("").received == 0)
        #expect(decode("\n\n").received == 0)
    }

    @Test func `more rows and more columns than a batch holds make more batches`() {
        let rows = String(repeating: #"{"time":1755000000123,"signal":"s","data":{"x":1}}"# + "\n", count: 70_000)
        #expect(decode(rows).blocks.map { $0.batch?.rowCount ?? 0 } == [65_536, 4_464])
        var wide = ""
        for row in 0..<10 {
            let data = (0..<1_000).map { #""k\#(row)_\#($0)":\#(row)"# }.joined(separator: ",")
            wide += #"{"time":1755000000123,"signal":"s","data":{\#(data)}}"# + "\n"
        }
        let decoded = decode(wide)
        #expect(decoded.events.count == 10)
        #expect(decoded.blocks.allSatisfy { $0.batch?.columns.count ?? 0 <= EventLimits.columnsPerBatch })
        #expect(
            decoded.events.enumerated().allSatisfy { row, event in
                event.attributes.count == 1_000 && event.attributes.allSatisfy { $0.value == .int64(Int64(row)) }
            })
    }
}
