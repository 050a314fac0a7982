import Testing
import VarveEvents
import VarveWire

/// Lines of known shapes are read in another way than all others. Where the bytes of every record are kept, only the other way is
/// taken: both must give the same.
@Suite struct ShapedLinesTests {
    private static let shapes = [
        #"{"time":1755000000123,"signal":"retry.success","component":"Cart","session_id":"s9","user_id":"u3","data":{}}"#,
        #"{"time":1755000000124,"signal":"shown","component":"Cart","session_id":"sess_00000009","data":{"duration_ms":12.5}}"#,
        #"{"time":1755000000125,"signal":"typed","data":{"a":1,"b":"two","c":true,"d":null,"a_rather_long_attribute_name":7}}"#,
        #"{"ts": "2025-08-12T12:00:00Z", "signal": "spaced", "id": "x-1", "tenant": "t", "data": {"note": "", "e": 2.5}}"#,
        #"{"time":1755000000126,"signal":"bare"}"#,
        #"{"data":{"a":"text"},"signal":"turned.round","time":1755000000127}"#,
        #"{"time":1755000000128,"signal":"flat","level":"info","n":1,"data":{"m":2.5},"ok":true}"#,
    ]

    private static func stretch(_ count: Int) -> String {
        (0..<count).map { shapes[$0 % shapes.count] + "\n" }.joined()
    }

    private func compare(_ bytes: [UInt8], chunk: Int = .max, _ comment: @autoclosure () -> String = "") {
        var options = DecodeOptions(.ndjson, now: testNow)
        let fast = decode(bytes, options, chunk: chunk)
        options.keepsRecords = true
        let slow = decode(bytes, options, chunk: chunk)
        #expect(fast.events == slow.events, "\(comment())")
        #expect(fast.lines == slow.lines, "\(comment())")
        #expect(fast.rejections == slow.rejections, "\(comment())")
        #expect(fast.received == slow.received && fast.leftOut == slow.leftOut, "\(comment())")
        #expect(fast.blocks.map(\.linesCovered) == slow.blocks.map(\.linesCovered), "\(comment())")
        #expect(fast.blocks.map(\.bytesCovered) == slow.blocks.map(\.bytesCovered), "\(comment())")
        #expect(fast.blocks.map { $0.batch?.rowCount } == slow.blocks.map { $0.batch?.rowCount }, "\(comment())")
    }

    @Test func `known shapes are read alike in both ways, in every chunking`() {
        let text = Array(Self.stretch(300).utf8)
        for chunk in [1, 7, 64, 1_000, 4_099, .max] { compare(text, chunk: chunk, "chunks of \(chunk)") }
    }

    @Test func `more rows than a stretch and a batch hold are read alike`() {
        let line = #"{"time":1755000000126,"signal":"s","data":{"n":"#
        var text: [UInt8] = []
        for number in 0..<66_000 { text += Array("\(line)\(number)}}\n".utf8) }
        compare(text)
    }

    @Test(arguments: [
        #"{"time":1755000000126,"signal":"bare"} "#, #" {"time":1755000000126,"signal":"bare"}"#, "", "   ", "\r",
        #"{"time":1755000000126,"signal":"bare"}"# + "\r", #"{"time":1755000000126,"signal":"bare"}"# + "\r\r",
        #"{"time":1755000000126 ,"signal":"bare"}"#, #"{"time" :1755000000126,"signal":"bare"}"#,
        #"{"time":  1755000000126,"signal":"bare"}"#, #"{ "time": 1755000000126, "signal": "bare" }"#,
        "{\"time\":\t1755000000126,\"signal\":\"bare\"}", "{\"time\":1755000000126,\t\"signal\":\"bare\"}",
        #"{"time":1755000000126,"signal":"bare",}"#, #"{"time":1755000000126,"signal":"bare"}}"#,
        #"{"time":1755000000126,"signal":"bare""#, #"{"time":1755000000126,"signal":"bare}"#,
        #"{"time":1755000000126,"signal":"bare"},{"time":1755000000126,"signal":"bare"}"#,
        #"{"time":1755000000126,"signal":"bare"}{"time":1755000000126,"signal":"bare"}"#,
        #"{"time":1755000000126,"signal":"bare"x}"#, #"{"time":1755000000126,"signal":"bare""x"}"#,
        #"{"time":1755000000126,,"signal":"bare"}"#, #"{"time":1755000000126;"signal":"bare"}"#,
        #"{"time"=1755000000126,"signal":"bare"}"#, #"{,"time":1755000000126,"signal":"bare"}"#, "{}", "[]", "{", "}",
        #"["time":1755000000126,"signal":"bare"]"#, #"{"time":1755000000126,"signal":"bare"]"#,
        #"{"time":1755000000128,"signal":"flat","level":"info","n":1,"data":{"n":2.5},"ok":true}"#,
        #"{"time":1755000000128,"signal":"flat","level":"info","n":1,"n":2,"data":{"m":2.5},"ok":true}"#,
        #"{"time":1755000000128,"signal":"flat","level":"info","level":null,"data":{"m":2.5},"ok":[1]}"#,
        #"{"time":1755000000123,"signal":"retry.success","component":"","session_id":"","user_id":"","data":{}}"#,
        #"{"time":1755000000.5,"signal":"bare"}"#, #"{"time":"1755000000126","signal":"bare"}"#,
        #"{"signal":"bare","time":1755000000126}"#, #"{"time":1755000000126}"#, #"{"signal":"bare"}"#,
        #"{"time":1755000000126,"signal":"bare","time":1755000000127}"#, #"{"time":1755000000126,"signal":""}"#,
        #"{"time":1755000000126,"ts":1755000000127,"signal":"bare"}"#, #"{"time":null,"signal":"bare"}"#,
        #"{"time":1755000000126,"signal":null}"#, #"{"time":1755000000126,"signal":7}"#, #"{"time":true,"signal":"bare"}"#,
        #"{"time":17550000001260000000,"signal":"bare"}"#, #"{"time":17,"signal":"bare"}"#, #"{"time":-1,"signal":"bare"}"#,
        #"{"time":1755000000126.0,"signal":"bare"}"#, #"{"time":1.755e12,"signal":"bare"}"#,
        #"{"time":"2025-08-12T12:00:00Z","signal":"bare"}"#, #"{"time":"2025-08-32T12:00:00Z","signal":"bare"}"#,
        #"{"time":9999999999999,"signal":"bare"}"#, #"{"time":01755000000126,"signal":"bare"}"#,
        #"{"time":1755000000126,"signal":"b\u0061re"}"#, #"{"time":1755000000126,"sign\u0061l":"bare"}"#,
        #"{"time":1755000000126,"signal":"\\"}"#, #"{"time":1755000000126,"signal":"a\"}"#,
        "{\"time\":1755000000126,\"signal\":\"b\u{7f}\"}", "{\"time\":1755000000126,\"signal\":\"b\u{0}\"}",
        "{\"time\":1755000000126,\n\"signal\":\"bare\"}", "{\"time\":1755000000126,\"signal\":\"ba\nre\"}",
        #"{"time":1755000000126,"signal":"naïve ✓"}"#, #"{"time":1755000000126,"signal":"bare","unknown":1}"#,
        #"{"time":1755000000126,"signal":"bare","offset":1}"#, #"{"time":1755000000126,"signal":"bare","component":null}"#,
        #"{"time":1755000000126,"signal":"bare","data":null}"#, #"{"time":1755000000126,"signal":"bare","data":[]}"#,
        #"{"time":1755000000126,"signal":"bare","session":"a","session_id":"b"}"#,
        #"{"ts": "2025-08-12T12:00:00Z", "signal": "spaced", "id": "", "tenant": "t", "data": {"note": "", "e": 2.5}}"#,
        #"{"ts": "2025-08-12T12:00:00Z", "signal": "spaced", "id": "x-1", "tenant": "", "data": {"note": "", "e": 2.5}}"#,
        #"{"ts": "2025-08-12T12:00:00Z", "signal": "spaced", "id": "x-1", "tenant": "t", "data": {"e": 2.5, "note": ""}}"#,
    ])
    func `a line among known ones is read alike in both ways`(line: String) {
        compare(Array((Self.stretch(400) + line + "\n" + Self.stretch(90) + line + "\n" + Self.stretch(40)).utf8))
        compare(Array((Self.stretch(400) + line).utf8), "as the last line")
    }

    @Test(arguments: [
        "1", "-1", "0", "-0", "0.0", "-0.0", "0.5", "-0.5", "1.0", "1.", ".5", "01", "-01", "00", "0.", "-", "--1", "+1", "1-",
        "1e5", "1E+5", "1e", "1e-400", "1e400", "12345678", "123456789", "1234567890123456", "12345678901234567",
        "123456789012345678", "1234567890123456789", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "0.1", "123.456", "1234.567", "12345.678", "1.2.3", "1..2", "1234567.8",
        "12345678.9", "123456789.123456", "0.00000000000001", "0.1234567890123456", "1234567890.1234567890",
        "3.141592653589793",
        "1x", "0x10", "1 ", " 1", "1 2", "1_000", "1,5", "true", "false", "null", "tru", "truex", "nulll", "falsy", "True",
        "nan",
        #""text""#, #""""#, #""unclosed"#, #""a" "#, #""a"b"#, #""a""b""#, #""\n""#, #""\u12""#, #""\ud800""#, "{}", "[]",
        "[1,2]",
        #"{"x":{"y":[1.50]}}"#, #""ünïcode""#, #"",""#, #""}""#, #""}}\n{""#, "", ":", ",", #"1,"b":2"#, #"1,"n":2"#,
        #"1},"data":{"n":2"#,
    ])
    func `a value of another kind is read alike in both ways`(value: String) {
        let values = ["5", "2.5", #""x""#, value, "true", "6", value, "7.25"]
        var text = ""
        for round in 0..<260 {
            let next = round < 230 ? values[round % 3] : values[round % values.count]
            text += #"{"time":1755000000126,"signal":"s","data":{"n":"# + next + #","m":1}}"# + "\n"
            text += #"{"time":1755000000126,"signal":"s","data":{"last":"# + next + "}}\n"
        }
        compare(Array(text.utf8), value)
    }

    @Test func `texts at and beyond their limits are read alike in both ways`() {
        for (field, limit) in [("signal", 256), ("tenant", 256), ("id", 256), ("component", 65_536), ("note", 65_536)] {
            var text = ""
            for count in Array(repeating: 3, count: 150) + [limit, limit + 1, 3, limit + 1, 4] {
                let value = String(repeating: "x", count: count)
                let rest = field == "signal" ? "" : #","signal":"s""#
                let member = "\"\(field)\":\"\(value)\""
                text += "{\"time\":1755000000126\(rest),"
                text += field == "note" ? "\"data\":{\(member)}}\n" : "\(member)}\n"
            }
            compare(Array(text.utf8), field)
        }
    }

    @Test func `damaged bytes are read alike in both ways`() {
        var random = Seeded(state: 6)
        let letters = Array("\"\"\\{}[]:,,\n\n\r \t-.0123456789eEtfn\u{7f}a".utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xFF]
        for round in 0..<100 {
            // The first lines teach the shapes.
            var bytes = Array(Self.stretch(450).utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: bytes.count * 2 / 3..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = letters.randomElement(using: &random) ?? 0
                case 1: bytes.remove(at: place)
                default: bytes.insert(letters.randomElement(using: &random) ?? 0, at: place)
                }
            }
            compare(bytes, chunk: round % 3 == 0 ? 97 : .max, "round \(round)")
        }
    }

    @Test func `decimals are the nearest doubles`() {
        var random = Seeded(state: 7)
        var numbers: [String] = []
        for _ in 0..<4_000 {
            let shift = UInt64.random(in: 0..<50, using: &random)
            let digits = String(UInt64.random(in: 0...999_999_999_999_999, using: &random) >> shift)
            let cut = Int.random(in: 1...digits.count, using: &random)
            let rest = digits.dropFirst(cut)
            numbers.append((Bool.random(using: &random) ? "-" : "") + digits.prefix(cut) + "." + (rest.isEmpty ? "5" : rest))
        }
        let lines = numbers.map { #"{"time":1755000000126,"signal":"s","data":{"n":"# + $0 + "}}\n" }
        let decoded = decode(Array(lines.joined().utf8), DecodeOptions(.ndjson, now: testNow))
        for (event, number) in zip(decoded.events, numbers) {
            guard case .double(let value)? = event.attributes.first?.value else {
                Issue.record("\(number) became \(event.attributes)")
                continue
            }
            #expect(value.bitPattern == Double(number)?.bitPattern, "\(number)")
        }
        #expect(decoded.events.count == numbers.count)
    }

    @Test func `more shapes, keys and columns than are remembered are read alike in both ways`() {
        var text = ""
        for round in 0..<3 {
            for number in 0..<1_500 {
                let members = #""k\#(number % 700)":\#(round),"v":"x","w\#(number % 20)":1.5"#
                text += #"{"time":1755000000126,"signal":"s","data":{"# + members + "}}\n"
            }
        }
        compare(Array(text.utf8))
    }
}
