import Testing
import VarveEvents
import VarveWire

@Suite struct RoundTripTests {
    private let samples = [
        #"{"id":"a-1","time":1755000000123,"signal":"retry.success","tenant":"t1","component":"Cart","session_id":"s9","#
            + #""user_id":"u3","data":{"attempt":2,"duration_ms":12.5,"ok":true,"note":"caf\u00e9 \ud83d\ude00","#
            + #""tags":["a",{"b":1.50}]}}"#,
        #"{"ts":"2025-08-12T12:00:00.123456789+02:00","signal":"http.request","session":"x","user":"y","data":{"s":null}}"#,
        #"{"time":1755000000123,"signal":"s","level":"x","data":{"a":1,"a":{"b":[]}}}"#,
        #"{"time":1755000000,"signal":"s"}"#, "nonsense", "[]", #"{"signal":"s","data":{}}"#,
    ]

    /// Random text with all that needs care: quotes, controls, separators, astral characters.
    private func text(_ random: inout Seeded) -> String {
        let parts = [
            "a", "\"", "\\", "\n", "\t", "\u{0}", "\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}", "é", "😀", "/", "\u{FEFF}", "日本",
        ]
        return (0..<Int.random(in: 0...9, using: &random)).map { _ in parts.randomElement(using: &random)! }.joined()
    }

    private func event(_ random: inout Seeded) -> Event {
        // An empty text in the envelope is an absent value.
        func maybe(_ random: inout Seeded) -> String? { Bool.random(using: &random) ? "c" + text(&random) : nil }
        var attributes: [String: Value] = [:]
        for number in 0..<Int.random(in: 0...6, using: &random) {
            let plain = text(&random).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
            let name = "k\(number)" + plain.map { String($0) }.joined()
            switch Int.random(in: 0..<6, using: &random) {
            case 0: attributes[name] = .int64(Int64(bitPattern: random.next()) >> Int64.random(in: 0...60, using: &random))
            case 1:
                let value = Double(bitPattern: random.next())
                attributes[name] = .double(value.isFinite ? value : -0.0)
            case 2: attributes[name] = .double(Double(Int.random(in: -50...50, using: &random)) / 4)
            case 3: attributes[name] = .bool(Bool.random(using: &random))
            case 4: attributes[name] = .json(#"["x",{"y":-1.5,"z":[null,true,18446744073709551615]},"\u2028"]"#)
            default: attributes[name] = .string(text(&random))
            }
        }
        let span = EventLimits.earliestTime.nanoseconds...testNow.nanoseconds
        return Event(
            time: Timestamp(nanoseconds: Int64.random(in: span, using: &random)), signal: "s.\(random.next() % 3)",
            id: Bool.random(using: &random) ? "id\(text(&random))" : nil, tenant: Bool.random(using: &random) ? "täñt" : nil,
            component: maybe(&random), session: maybe(&random), user: maybe(&random),
            attributes: attributes.map { Attribute($0.key, $0.value) }
                .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
    }

    @Test func `events printed and read back are the same events, and print the same bytes`() {
        var random = Seeded(state: 20)
        let events = (0..<2_000).map { _ in event(&random) }
        let bytes = printed(events)
        let decoded = decode(bytes, DecodeOptions(.ndjson, now: testNow))
        #expect(decoded.rejections == [])
        #expect(decoded.events == events)
        #expect(printed(decoded.events) == bytes)
    }

    @Test func `the printed line has this form`() {
        let event = Event(
            time: Timestamp(nanoseconds: 1_755_000_000_120_000_000), signal: "s", id: "i", observed: Timestamp(nanoseconds: 1),
            session: "q\"",
            attributes: [
                Attribute("a", .double(1)), Attribute("b", .double(1e300)), Attribute("c", .double(.nan)),
                Attribute("d", .double(-0.0)),
            ])
        var printer = EventPrinter()
        printer.print(event, offset: Offset(7))
        #expect(
            String(decoding: printer.bytes, as: UTF8.self)
                == #"{"offset":7,"observed":"1970-01-01T00:00:00.000000001Z","id":"i","time":"2025-08-12T12:00:00.12Z","#
                + #""signal":"s","session_id":"q\"","data":{"a":1.0,"b":1e+300,"c":null,"d":-0.0}}"#
                + "\n")
    }

    @Test func `RFC 3339 is read as it is printed, over the whole range`() {
        var random = Seeded(state: 7)
        for _ in 0..<5_000 {
            let time = Timestamp(nanoseconds: Int64(bitPattern: random.next()))
            let parsed = Array(RFC3339.text(time).utf8).withUnsafeBytes { RFC3339.parse($0) }
            #expect(parsed == time.nanoseconds, "\(RFC3339.text(time))")
        }
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0), ("2000-02-29T23:59:60Z", 951_868_800), ("1969-12-31T23:59:59-00:01", 59),
            ("2024-02-29 12:00:00+23:59", 1_709_121_660),
        ] as [(String, Int64)] {
            #expect(Array(text.utf8).withUnsafeBytes { RFC3339.parse($0) } == seconds * 1_000_000_000, "\(text)")
        }
        for text in [
            "2023-02-29T00:00:00Z", "2024-1-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00Z ", "9999-01-01T00:00:00Z",
        ] {
            #expect(Array(text.utf8).withUnsafeBytes { RFC3339.parse($0) } == nil, "\(text)")
        }
    }

    @Test func `every chunking gives the same events and rejections`() {
        let bytes = Array((samples + [""] + samples).joined(separator: "\r\n").utf8)
        let whole = decode(bytes, DecodeOptions(.ndjson, now: testNow))
        for chunk in [1, 2, 7, 64, 333] {
            let parts = decode(bytes, DecodeOptions(.ndjson, now: testNow), chunk: chunk)
            #expect(parts.events == whole.events)
            #expect(parts.rejections == whole.rejections)
        }
    }

    @Test func `every prefix of a line is taken or refused, once`() {
        for sample in samples {
            let line = Array(sample.utf8)
            for length in 0...line.count {
                let prefix = Array(line[..<length])
                for bytes in [prefix, prefix + [10], line + [10] + prefix + [10] + line + [10]] {
                    let decoded = decode(bytes, DecodeOptions(.ndjson, now: testNow))
                    #expect(decoded.received == decoded.events.count + decoded.rejections.count)
                }
            }
        }
    }
}
