import Foundation
import Testing
import VarveEvents
import VarveSettings
import VarveWire

@Suite struct CSVTests {
    private func mapping(
        _ extra: String = "", time: String = "{column: t, unit: ms}", signal: String = "{constant: s}"
    ) throws -> FieldMapping {
        try FieldMapping(yaml: "time: \(time)\nsignal: \(signal)\n\(extra)\n", file: "map.yaml")
    }

    private func decodeCSV(_ text: String, _ mapping: FieldMapping, chunk: Int = .max) -> Decoded {
        decode(Array(text.utf8), DecodeOptions(.csv, now: testNow, mapping: mapping), chunk: chunk)
    }

    @Test func `columns become fields as the mapping says`() throws {
        let mapping = try mapping(
            """
            id: [a, b]
            tenant: {constant: shop}
            component: a
            user: {from: b, map: {x: Xaver}}
            attributes:
              n: {column: n, type: int}
              ms: {column: d, type: double, scale: 0.001}
              ok: {column: f, type: bool}
              note: {column: q, type: string}
            """, signal: "{from: a, map: {root: rpc.root}, default: rpc.span}")
        let text =
            "t,a,b,n,d,f,q,left\n1755000000123,root,x,-7,11209,true,\"say \"\"hi\"\",\nthere\",1\r\n"
            + "1755000000124,p,y,,,,,\n"
        for chunk in [1, 7, 1_000] {
            let decoded = decodeCSV(text, mapping, chunk: chunk)
            #expect(decoded.rejections == [])
            #expect(decoded.lines == [2, 4])
            #expect(decoded.leftOut == ["left": 2])
            #expect(
                decoded.events == [
                    Event(
                        time: Timestamp(nanoseconds: 1_755_000_000_123_000_000), signal: "rpc.root", id: "root/x",
                        tenant: "shop", component: "root", user: "Xaver",
                        attributes: [
                            Attribute("ms", .double(11.209)), Attribute("n", .int64(-7)),
                            Attribute("note", .string("say \"hi\",\nthere")), Attribute("ok", .bool(true)),
                        ]),
                    Event(
                        time: Timestamp(nanoseconds: 1_755_000_000_124_000_000), signal: "rpc.span", id: "p/y", tenant: "shop",
                        component: "p"),
                ])
        }
    }

    @Test(arguments: [
        ("1", "0.001", 0.001), ("11209", "0.001", 11.209), ("3", "0.1", 0.3), ("-2.5", "1000", -2500), ("1e3", "0.001", 1),
        ("0.1", "3", 0.3), ("123456789012345678", "0.000001", 123456789012.345678), ("5", "2e-3", 0.01),
    ])
    func `scaling rounds once`(text: String, scale: String, value: Double) throws {
        let mapping = try mapping("attributes: {x: {column: x, type: double, scale: \(scale)}}")
        #expect(decodeCSV("t,x\n1755000000123,\(text)\n", mapping).events.first?[attribute: "x"] == .double(value))
    }

    @Test(arguments: [
        ("1755000000123", "ms", 1_755_000_000_123_000_000), ("1755000000.5", "s", 1_755_000_000_500_000_000),
        ("1661140374351773094", "ns", 1_661_140_374_351_773_094), ("2025-08-12T12:00:00Z", "rfc3339", 1_755_000_000_000_000_000),
    ])
    func `time comes in the unit of the mapping`(text: String, unit: String, nanoseconds: Int) throws {
        let decoded = decodeCSV("t\n\(text)\n", try mapping(time: "{column: t, unit: \(unit)}"))
        #expect(decoded.events.map(\.time.nanoseconds) == [Int64(nanoseconds)])
    }

    @Test(arguments: [
        (",1", RejectionReason.missingTime), ("soon,1", .badTime), ("1755000000,1", .timeOutOfRange),
        ("1755000000123", .columnCount), ("1755000000123,1,2", .columnCount), ("1755000000123,one", .wrongType),
        ("1755000000123,1.5", .wrongType), ("1755000000123,9223372036854775808", .integerOutOfRange),
        ("1755000000123,\"1\"x", .syntax), ("\"1755000000123,1", .syntax),
    ])
    func `each fault has its reason, and the next line is read`(line: String, reason: RejectionReason) throws {
        let mapping = try mapping("attributes: {x: {column: x, type: int}}")
        let good = "1755000000123,-9223372036854775808"
        for chunk in [3, 1_000] {
            let decoded = decodeCSV("t,x\n\(good)\n\(line)\n\n\(good)\n", mapping, chunk: chunk)
            #expect(decoded.reasons == [reason])
            #expect(decoded.rejections.first?.bytes == Array(line.utf8))
            #expect(decoded.rejections.first?.line == 3)
            #expect(decoded.lines == [2, 5])
        }
    }

    @Test(arguments: [
        ("1764300003.1234567891", 1_764_300_003_123_456_789), ("1764300003.0000000000", 1_764_300_003_000_000_000),
        ("1764300001.95456123352050781250", 1_764_300_001_954_561_233), ("1764300002.143155e0", 1_764_300_002_143_155_000),
        ("00000000000000000001764300002", 1_764_300_002_000_000_000), ("17643000020e-1", 1_764_300_002_000_000_000),
    ])
    func `a time keeps its digits up to the nanosecond, however many there are`(text: String, nanoseconds: Int) throws {
        let decoded = decodeCSV("t\n\(text)\n", try mapping(time: "{column: t, unit: s}"))
        #expect(decoded.events.map(\.time.nanoseconds) == [Int64(nanoseconds)])
    }

    @Test func `records may end in carriage returns only`() throws {
        let mapping = try mapping("attributes: {x: {column: x, type: string}}")
        let text = "t,x\r1755000000123,\"a\rb\"\r1755000000124,c\n\r"
        for chunk in [1, 5, .max] {
            let decoded = decodeCSV(text, mapping, chunk: chunk)
            #expect(decoded.rejections == [])
            #expect(decoded.events.map { $0[attribute: "x"] } == [.string("a\rb"), .string("c\n")])
            #expect(decoded.lines == [2, 4])
        }
    }

    @Test func `an input that yields no record says so`() throws {
        func problem(_ text: String) throws -> String? {
            var decoder = InputDecoder(DecodeOptions(.csv, now: testNow, mapping: try mapping()))
            Array(text.utf8).withUnsafeBytes { decoder.feed($0) }
            decoder.finish()
            return decoder.noRecordsProblem
        }
        #expect(try problem("abc,bcd\n") == "the CSV header lacks the column \"t\"; it has abc, bcd")
        #expect(try problem("t\n") == "the input has 2 bytes and not one record")
        #expect(try problem("t\n1755000000123\n") == nil)
        #expect(try problem(" \n\n") == nil)
        #expect(try problem("") == nil)
    }

    @Test func `a value that is not mapped leaves no signal`() throws {
        let decoded = decodeCSV("t,k\n1755000000123,z\n", try mapping(signal: "{from: k, map: {a: b}}"))
        #expect(decoded.reasons == [.missingSignal])
    }

    @Test(arguments: [
        ("signal: s\n", "lacks the key \"time\""), ("time: {column: t}\nsignal: s\n", "lacks the key \"unit\""),
        ("time: {column: t, unit: min}\nsignal: s\n", "one of s, ms, us, ns, rfc3339"),
        (
            "time: {column: t, unit: ms}\nsignal: s\ncompnent: x\n",
            "map.yaml:3:1: unknown key \"compnent\"; did you mean \"component\"?"
        ),
        ("time: {column: t, unit: ms}\nsignal: {constant: a, from: b}\n", "either a constant or"),
        ("time: {column: t, unit: ms}\nsignal: s\nattributes: {x: {column: x, type: float}}\n", "one of string, int, double"),
        ("time: {column: t, unit: ms}\nsignal: s\nattributes: {x: {column: x, type: int, scale: 0.5}}\n", "only a double"),
        ("time: {column: t, unit: ms}\nsignal: s\nattributes: {x: {column: x, type: double, scale: 0}}\n", "not zero"),
    ])
    func `a wrong mapping names its fault`(yaml: String, says: String) {
        let error = #expect(throws: SettingsError.self) { try FieldMapping(yaml: yaml, file: "map.yaml") }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "no error")")
    }

    @Test func `a header without a mapped column is said once and refuses every record`() throws {
        var decoder = InputDecoder(DecodeOptions(.csv, now: testNow, mapping: try mapping("component: Pod")))
        Array("t,pod\n1755000000123,a\n1755000000123,b\n".utf8).withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        #expect(decoder.headerProblem?.message == "the CSV header lacks the column \"Pod\"; did you mean \"pod\"?")
        #expect(decoder.received == 2)
        #expect(decoder.rejected == 2)
    }

    /// A type without a scale is converted on a shorter way than one with a scale of 1.
    @Test(arguments: ["int", "double"])
    func `numbers are converted alike on both ways`(type: String) throws {
        var random = Seeded(state: 31)
        let parts = ["", "-", "+", "0", "7", "12", ".", "e3", "E-2", " ", "9223372036854775807", "000", "x", "99999999999999999"]
        let fixed = ["9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1.0", "-0", "1e18", "1e999", "0x1"]
        let texts = fixed + (0..<600).map { _ in (0..<3).map { _ in parts.randomElement(using: &random)! }.joined() }
        func read(_ scale: String) throws -> Decoded {
            let mapping = try FieldMapping(
                yaml: """
                    time: {column: t, unit: ms}
                    signal: {constant: s}
                    attributes: {n: {column: n, type: \(type)\(scale)}}
                    """, file: "map")
            let rows = texts.map { "1755000000123,\($0)\n" }.joined()
            return decode(Array("t,n\n\(rows)".utf8), DecodeOptions(.csv, now: testNow, mapping: mapping))
        }
        let (short, long) = (try read(""), try read(", scale: 1"))
        #expect(short.events.count > 10 && short.rejections.count > 100)
        // The smallest integer has no magnitude to be scaled.
        let smallest = texts.firstIndex(of: "-9223372036854775808").map { UInt32($0 + 2) }
        for (line, event) in zip(short.lines, short.events) where type == "double" || line != smallest {
            let other = zip(long.lines, long.events).first { $0.0 == line }?.1
            #expect(event == other, "\(texts[Int(line) - 2])")
        }
        #expect(long.lines.allSatisfy { short.lines.contains($0) })
    }

    @Test func `the boutique traces give their known answers`() throws {
        let name = "boutique-traces/03_53_trace.csv.gz"
        guard sharedData(name) != nil else { return }
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let yaml = try String(contentsOf: folder.appending(path: "Fixtures/boutique-mapping.yaml"), encoding: .utf8)
        let mapping = try FieldMapping(yaml: yaml, file: "boutique-mapping.yaml")
        let decoded = try decodeFile(sharedPath(name), DecodeOptions(.csv, now: testNow, mapping: mapping))
        #expect(decoded.rejections == [])
        #expect(decoded.received > 10_000)
        let first = try #require(decoded.events.first)
        #expect(first.signal == "rpc.root")
        #expect(first.id == "0087f677c0a2cf3f80a551987167911b/ee744a66e6efcb2e")
        #expect(first.component == "frontend-579b9bff58-t2dbm")
        #expect(first[attribute: "duration_ms"] == .double(11.209))
        #expect(Set(decoded.leftOut.keys) == ["EndTimeUnixNano"])
    }
}

/// Reads and decodes a whole file.
func decodeFile(_ path: String, _ options: DecodeOptions) throws -> Decoded {
    let source = try InputSource.open(path)
    var decoder = InputDecoder(options)
    var decoded = Decoded()
    while try decoder.fill(from: source) != .end {
        while let block = decoder.nextBlock() { decoded.take(block) }
    }
    decoder.finish()
    while let block = decoder.nextBlock(flush: true) { decoded.take(block) }
    decoded.received = decoder.received
    decoded.leftOut = decoder.leftOut
    return decoded
}
