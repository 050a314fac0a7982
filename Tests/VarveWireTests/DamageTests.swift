import Testing
import VarveEvents
import VarveSettings
import VarveWire

/// Bytes of every format, damaged at random, cut anywhere, with huge fields: never a trap, and every record becomes an event or a
/// refusal.
@Suite struct DamageTests {
    private static func damage(_ seed: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(Array("\"{}[],:;=<>#-.+eT%\\\r\n\t 0".utf8).randomElement(using: &random) ?? 0, at: place)
            case 3: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
            case 4: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
            default:
                let count = Int.random(in: 1...300, using: &random)
                bytes.insert(contentsOf: [UInt8](repeating: bytes[place], count: count), at: place)
            }
        }
        return bytes
    }

    @Test(arguments: GoldenFolder.all)
    func `damage is counted and never stops the stream`(folder: GoldenFolder) throws {
        let seed = Array(try #require(folder.read("input")).prefix(4_096))
        let options = try folder.options()
        var random = Seeded(state: 99)
        for _ in 0..<150 {
            let bytes = Self.damage(seed, &random)
            let decoded = decode(bytes, options, chunk: Int.random(in: 1...(bytes.count + 1), using: &random))
            #expect(decoded.received == decoded.events.count + decoded.rejections.count)
            #expect(decoded.events == decode(bytes, options).events)
            // The records of a document may be packed, or be written in another encoding.
            guard options.encoding == nil, !options.format.isDocument,
                options.mapping == nil || folder.name.hasPrefix("csv") == false
            else { continue }
            for rejection in decoded.rejections {
                let start = Int(rejection.byteOffset)
                #expect(Array(bytes[start..<start + rejection.bytes.count]) == rejection.bytes)
            }
        }
    }

    @Test(arguments: GoldenFolder.all)
    func `every beginning of an input is taken or refused`(folder: GoldenFolder) throws {
        let input = Array(try #require(folder.read("input")).prefix(1_200))
        let options = try folder.options()
        for length in stride(from: 0, through: input.count, by: 3) {
            let decoded = decode(Array(input[..<length]), options)
            #expect(decoded.received == decoded.events.count + decoded.rejections.count)
        }
    }

    @Test(arguments: GoldenFolder.all)
    func `fields of a hundred thousand bytes are taken or refused`(folder: GoldenFolder) throws {
        let input = Array(try #require(folder.read("input")).prefix(2_000))
        let options = try folder.options()
        for place in stride(from: 0, to: input.count, by: 211) {
            for byte in [UInt8(ascii: "7"), UInt8(ascii: "a"), 0x22, 0x5C] {
                var bytes = input
                bytes.insert(contentsOf: [UInt8](repeating: byte, count: 100_000), at: place)
                let decoded = decode(bytes, options)
                #expect(decoded.received == decoded.events.count + decoded.rejections.count)
            }
        }
    }

    @Test func `records of a system are counted under damage`() {
        let records = RecordMapping(
            [RecordShape("made", kinds: ["made"], opens: ["in"])],
            signals: [
                SignalDescription(
                    "made", system: "a", meaning: "", fields: [FieldDescription("x", .number), FieldDescription("y", .integer)])
            ])
        let seed = (0..<6).map { #"{"type":"made","ts":"2025-08-12T12:00:0\#($0)Z","data":{"x":1.5,"in":{"y":"7"}}}"# }
            .joined(separator: "\n")
        var random = Seeded(state: 3)
        for _ in 0..<600 {
            let bytes = Self.damage(Array(seed.utf8), &random)
            let decoded = decode(bytes, DecodeOptions(.records, now: testNow, records: records), chunk: 97)
            #expect(decoded.received == decoded.events.count + decoded.rejections.count)
        }
    }

    @Test(arguments: ["1e-9223372036854775808", "1e9223372036854775807", "-1e401", "9e-400", "1e-99999999999999999999"])
    func `a power beyond all doubles ends nothing`(number: String) {
        let decoded = decode("time=2025-08-12T12:00:00Z msg=a n=\(number)\n", .logfmt)
        #expect(decoded.received == 1 && decoded.events.count + decoded.rejections.count == 1)
    }

    @Test(arguments: [InputFormat.ndjson, .common, .logfmt])
    func `no line is lost between damaged ones`(format: InputFormat) {
        let lines: [InputFormat: String] = [
            .ndjson: #"{"time":1755000000123,"signal":"s","data":{"x":[1,{"y":"z\\"}]}}"#,
            .common: #"h - - [01/Jan/2020:00:00:00 +0000] "GET /?\"q HTTP/1.1" 200 1"#,
            .logfmt: #"time=2025-08-12T12:00:00Z msg="a \"b\"" n=1.5"#,
        ]
        let line = lines[format] ?? ""
        let seed = Array((0..<6).map { _ in line }.joined(separator: "\n").utf8)
        var random = Seeded(state: 5)
        for _ in 0..<600 {
            let bytes = Self.damage(seed, &random) + [10] + Array(line.utf8)
            let chunk = Int.random(in: 1...bytes.count, using: &random)
            let decoded = decode(bytes, DecodeOptions(format, now: testNow), chunk: chunk)
            let records = bytes.split(separator: 10).filter { !$0.allSatisfy { [0, 9, 13, 32].contains($0) } }
            #expect(decoded.received == records.count)
            #expect(decoded.lines.last == UInt32(bytes.count { $0 == 10 } + 1))
        }
    }
}
