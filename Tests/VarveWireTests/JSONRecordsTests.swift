import Foundation
import Testing
import VarveEvents
import VarveWire

/// JSON that is not lines: arrays of objects, and objects over several lines.
@Suite struct JSONRecordsTests {
    private static let objects = (0..<40).map { number in
        #"{"time":\#(1_755_000_000_000 + number),"signal":"s","user":\#(number),"data":{"t":"a]b}\"{[, ,","l":[1,{"x":[]}]}}"#
    }
    private static let spread = objects.map { object in
        // As `jq` and `JSON.stringify` print it.
        object.replacingOccurrences(of: #"{"time""#, with: "{\n  \"time\"")
            .replacingOccurrences(of: #","signal":"#, with: ",\n  \"signal\": ")
            .replacingOccurrences(of: #","data":{"#, with: ",\n  \"data\": {\n    ")
    }

    private static var layouts: [(name: String, text: String)] {
        [
            ("an array in one line", "[" + objects.joined(separator: ",") + "]"),
            ("an array, one object a line", "[\n" + objects.joined(separator: ",\n") + "\n]\n"),
            ("a pretty-printed array", "\u{FEFF}[\n  " + spread.joined(separator: ",\n  ") + "\r\n]\r\n"),
            ("objects over several lines", spread.joined(separator: "\n") + "\n"),
            ("objects without separators", objects.joined()),
            ("lines that end in commas", objects.joined(separator: ",\n") + ",\n"),
            ("an array a line", objects.map { "[\($0)]\n" }.joined()),
        ]
    }

    private func cut(_ bytes: [UInt8], _ rule: JSONRecords.Rule = .listOfObjects, chunk: Int) -> (text: [UInt8], JSONRecords) {
        var records = JSONRecords(rule)
        var out: [UInt8] = []
        bytes.withUnsafeBytes { raw in
            for start in stride(from: 0, to: raw.count, by: chunk) {
                records.feed(UnsafeRawBufferPointer(rebasing: raw[start..<min(raw.count, start + chunk)]), into: &out)
            }
        }
        records.finish(into: &out)
        return (out, records)
    }

    @Test func `every layout gives the events of the same lines, in every chunking`() {
        let expected = decode(Self.objects.joined(separator: "\n")).events
        #expect(expected.count == 40)
        for (name, text) in Self.layouts {
            for chunk in [1, 3, 64, 1_000, 100_000] {
                let (lines, records) = cut(Array(text.utf8), chunk: chunk)
                #expect(records.isCut && !records.isOpen, "\(name), chunks of \(chunk)")
                let decoded = decode(lines, DecodeOptions(.ndjson, now: testNow))
                #expect(decoded.events == expected && decoded.rejections == [], "\(name), chunks of \(chunk)")
            }
        }
    }

    @Test(arguments: [
        #"{"time":1755000000123,"signal":"s"}"# + "\n" + #"{"a":1}"# + "\n", "", "\n\n", "{\n", "{", "[", "[2026-01-01] text\n",
        "[info] {\"a\":1}\n", #"{"time":1,"data":{"# + "\n" + #"{"time":2,"signal":"s"}"# + "\n",
        #"{"time":1,"# + "\n" + #"{"time":2}"# + "\n", #"{"time":1,"signal":"a"# + "\n" + #"{"time":2}"# + "\n",
        #"{"a":1} tail"# + "\n", "<134>Jan 1 00:00:00 host app: {\n", "[1,2]\n", "\u{FEFF}{\"a\":1}\n{\"b\":2}",
    ])
    func `lines pass unchanged, also where the first is cut off`(text: String) {
        for chunk in [1, 2, 1_000] {
            let (lines, records) = cut(Array(text.utf8), chunk: chunk)
            #expect(lines == Array(text.utf8) && !records.isCut, "\(text)")
        }
    }

    @Test func `an array that was cut off is known to be open, and its whole elements are read`() {
        let text = Array(("[" + Self.objects.joined(separator: ",")).utf8)
        let (lines, records) = cut(text, chunk: 100)
        #expect(records.isOpen && decode(lines, DecodeOptions(.ndjson, now: testNow)).events.count == 40)
        let (some, _) = cut(Array(text.dropLast(30)), chunk: 100)
        let decoded = decode(some, DecodeOptions(.ndjson, now: testNow))
        #expect(decoded.events.count == 39 && decoded.reasons == [.truncated])
    }

    @Test func `a file with an array is read by its elements, and refusals are numbered by record`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "varve-array-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "events.json").path
        var elements = Self.spread
        elements[6] = "{\n \"signal\": 1\n}"
        try Data(("[\n" + elements.joined(separator: ",\n") + "\n]\n").utf8).write(to: URL(filePath: file))
        for format in [InputFormat.ndjson, .auto] {
            var options = DecodeOptions(format, now: testNow)
            options.path = file
            let source = try InputSource.open(file, cutsJSON: options.cutsJSON)
            var decoder = InputDecoder(options)
            while try decoder.fill(from: source) != .end {}
            decoder.finish()
            var decoded = Decoded()
            while let block = decoder.nextBlock(flush: true) { decoded.take(block.numberedByRecord) }
            #expect(source.isCut && decoded.events.count == 39)
            #expect(decoded.rejections.first?.description(file: "e.json").hasPrefix("e.json: record 7: ") == true)
        }
    }

    @Test(arguments: [TextEncoding.utf16LittleEndian, .utf16BigEndian])
    func `UTF-16 with a byte order mark need not be declared`(encoding: TextEncoding) {
        for (name, text) in Self.layouts + [("lines", Self.objects.joined(separator: "\n"))] {
            let plain = text.replacingOccurrences(of: "\u{FEFF}", with: "")
            var bytes: [UInt8] = []
            for unit in ("\u{FEFF}" + plain).utf16 {
                let pair = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
                bytes += encoding == .utf16LittleEndian ? pair : pair.reversed()
            }
            for chunk in [1, 7, 100_000] {
                let decoded = decode(bytes, DecodeOptions(.ndjson, now: testNow), chunk: chunk)
                #expect(decoded.events.count == 40 && decoded.rejections == [], "\(name), chunks of \(chunk)")
            }
        }
    }
}
