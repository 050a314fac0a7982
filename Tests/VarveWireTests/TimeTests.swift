import Testing
import VarveEvents
import VarveSettings
import VarveWire

/// Formats of times, zones and encodings.
@Suite struct TimeTests {
    private func time(_ text: String, format: String, zone: String = "UTC") throws -> String? {
        var options = DecodeOptions(.ndjson, now: testNow)
        options.mapping = try FieldMapping(
            yaml: "time: {path: t, format: \"\(format)\", zone: \"\(zone)\"}\nsignal: {constant: s}\n", file: "m")
        return decode(Array("{\"t\":\"\(text)\"}".utf8), options).events.first.map { RFC3339.text($0.time) }
    }

    @Test(arguments: [
        ("01/03/2025 10:00", "%d/%m/%Y %H:%M", "2025-03-01T10:00:00Z"),
        ("3/1/25 9:05:07 pm", "%m/%d/%y %I:%M:%S %p", "2025-03-01T21:05:07Z"),
        ("12:00 AM 01.03.2025", "%I:%M %p %d.%m.%Y", "2025-03-01T00:00:00Z"),
        ("Sat, 01 Mar 2025 10:00:00 +0200", "%a, %d %b %Y %T %z", "2025-03-01T08:00:00Z"),
        ("Saturday 1 March 2025", "%A %e %B %Y", "2025-03-01T00:00:00Z"), ("2025-060", "%Y-%j", "2025-03-01T00:00:00Z"),
        ("2024-366", "%Y-%j", "2024-12-31T00:00:00Z"), ("2025-366", "%Y-%j", nil),
        ("20250301100000", "%Y%m%d%H%M%S", "2025-03-01T10:00:00Z"),
        ("2025-03-01T10:00:00,123456", "%FT%T", "2025-03-01T10:00:00.123456Z"),
        ("10:00:00.5 2025-03-01", "%H:%M:%S.%f %F", "2025-03-01T10:00:00.5Z"),
        ("1740823200.25", "%s", "2025-03-01T10:00:00.25Z"), ("1740823200250", "%Q", "2025-03-01T10:00:00.25Z"),
        ("Mar  1 10:00:00", "%b %e %T", "2025-03-01T10:00:00Z"), ("Dec 31 10:00:00", "%b %e %T", "2025-12-31T10:00:00Z"),
        ("Feb 29 10:00:00", "%b %e %T", "2024-02-29T10:00:00Z"), ("31/02/2025 10:00", "%d/%m/%Y %H:%M", nil),
        ("13/13/2025 10:00", "%d/%m/%Y %H:%M", nil), ("01/03/2025 10:00 x", "%d/%m/%Y %H:%M", nil), ("", "%d/%m/%Y", nil),
    ] as [(String, String, String?)])
    func `a declared format is read`(text: String, format: String, moment: String?) throws {
        #expect(try time(text, format: format) == moment)
    }

    @Test(arguments: [
        ("2025-03-30 01:59", "2025-03-30T00:59:00Z"), ("2025-03-30 02:30", "2025-03-30T01:30:00Z"),
        ("2025-03-30 03:00", "2025-03-30T01:00:00Z"),
        ("2025-10-26 02:30", "2025-10-26T00:30:00Z"), ("2025-10-26 03:00", "2025-10-26T02:00:00Z"),
        ("2025-07-01 12:00", "2025-07-01T10:00:00Z"),
    ])
    func `local times are those of their zone, the first where there are two`(text: String, moment: String) throws {
        #expect(try time(text, format: "%Y-%m-%d %H:%M", zone: "Europe/Berlin") == moment)
    }

    @Test(arguments: ["UTC", "Z", "GMT", "+02", "+0200", "-05:30", "Europe/Berlin"])
    func `zones have these spellings`(name: String) {
        #expect(TimeZoneRule(name)?.name == name)
    }

    @Test(arguments: ["", "CEST2", "+2", "25:00", "+24:00", "Berlin", "/etc/passwd"])
    func `what is no zone is none`(name: String) {
        #expect(TimeZoneRule(name) == nil)
    }

    @Test(arguments: [
        (TextEncoding.latin1, [0x63, 0x61, 0x66, 0xE9, 0x80], "café\u{80}"), (.windows1252, [0x80, 0x93, 0x61, 0x94], "€“a”"),
        (.utf16LittleEndian, [0x61, 0, 0x3D, 0xD8, 0x00, 0xDE], "a😀"), (.utf16BigEndian, [0, 0x61, 0xD8, 0x3D, 0xDE, 0x00], "a😀"),
        (.utf16LittleEndian, [0x3D, 0xD8, 0x61, 0], "\u{FFFD}a"), (.utf16LittleEndian, [0x00, 0xDE], "\u{FFFD}"),
    ] as [(TextEncoding, [UInt8], String)])
    func `an encoding that is declared is decoded`(encoding: TextEncoding, bytes: [UInt8], text: String) throws {
        func encoded(_ text: String) -> [UInt8] {
            switch encoding {
            case .utf16LittleEndian: text.utf8.flatMap { [$0, 0] }
            case .utf16BigEndian: text.utf8.flatMap { [0, $0] }
            default: Array(text.utf8)
            }
        }
        var options = DecodeOptions(.ndjson, now: testNow)
        options.encoding = encoding
        let input = encoded(#"{"time":1755000000123,"signal":"s","x":""#) + bytes + encoded("\"}\n")
        for chunk in [1, 3, .max] {
            #expect(decode(input, options, chunk: chunk).events.first?[attribute: "x"] == .string(text))
        }
    }

    @Test func `of a record that is too long head and tail are kept`() throws {
        // Longer than what is read at once, so that it is passed over and not taken whole.
        let long = Array("head".utf8) + [UInt8](repeating: 0x61, count: WireLimits.lineBytes + (3 << 20)) + Array("tail".utf8)
        let rejection = try #require(decode(long + [10], DecodeOptions(.combined, now: testNow), chunk: 1 << 20).rejections.first)
        #expect(rejection.bytes.starts(with: "head".utf8))
        #expect(rejection.tail.suffix(4).elementsEqual("tail".utf8))
        #expect(rejection.tail.count == 64 << 10)
        #expect(String(decoding: rejection.deadLetter(file: "f").suffix(20), as: UTF8.self).hasSuffix("tail\"}\n"))
    }
}
