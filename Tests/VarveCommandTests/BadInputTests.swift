import Foundation
import Testing

private let good = #"{"time":"2026-01-31T10:00:00Z","signal":"retry.success","data":{}}"# + "\n"

/// One wrong input: its bytes, how many records of it are refused, and what the message says.
struct BadInput: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    var rejected = 1
    let line: Int
    let says: String
    var testDescription: String { name }

    static let all = [
        BadInput(
            name: "truncated last line", bytes: Array((good + #"{"time":"2026-01-31T10:00:00Z","sig"#).utf8), line: 2, says: "end"
        ),
        BadInput(
            name: "invalid UTF-8",
            bytes: Array(good.utf8) + Array(#"{"time":"2026-01-31T10:00:00Z","signal":"a."#.utf8) + [0xFF, 0xFE]
                + Array("\"}\n".utf8)
                + Array(good.utf8), line: 2, says: "UTF-8"),
        BadInput(
            name: "2 MB string",
            bytes: Array(
                (good + #"{"time":"2026-01-31T10:00:00Z","signal":"a.b","data":{"s":""# + String(repeating: "x", count: 2 << 20)
                    + "\"}}\n" + good).utf8), line: 2, says: "65536"),
        BadInput(
            name: "NaN", bytes: Array((#"{"time":"2026-01-31T10:00:00Z","signal":"a.b","data":{"x":NaN}}"# + "\n" + good).utf8),
            line: 1,
            says: "NaN"),
        BadInput(
            name: "missing signal", bytes: Array((#"{"time":"2026-01-31T10:00:00Z","data":{}}"# + "\n" + good).utf8), line: 1,
            says: "signal"),
        BadInput(
            name: "year 9999", bytes: Array((good + #"{"time":"9999-01-31T10:00:00Z","signal":"a.b"}"# + "\n").utf8), line: 2,
            says: "1990"),
        BadInput(
            name: "seconds for milliseconds", bytes: Array((good + #"{"time":1769817600,"signal":"a.b"}"# + "\n").utf8), line: 2,
            says: "--time-unit s"),
        BadInput(
            name: "binary file",
            bytes: [0x7F, 0x45, 0x4C, 0x46] + (0..<200).map { UInt8($0) | 0x80 } + [0x0A] + Array(good.utf8),
            line: 1, says: ""),
    ]
}

struct BadInputTests {
    @Test(arguments: BadInput.all)
    func `what is wrong is refused with its line and reason, and its neighbours go in`(input: BadInput) throws {
        let folder = TemporaryFolder()
        let file = try folder.file("in.ndjson", input.bytes)
        let result = try BuiltCommand.run("ingest", file, "--data", folder.path("data"), "--json")
        #expect(result.code == 0, "\(result.err)")
        let receipt = try result.lastObject()
        let counts = try ["received", "appended", "duplicate", "rejected"].map { try #require(receipt[$0] as? Int) }
        #expect(counts[0] == counts[1] + counts[2] + counts[3])
        #expect(counts[3] == input.rejected)
        #expect(counts[1] >= 1)
        #expect(result.err.contains("in.ndjson:\(input.line):"), "\(result.err.prefix(500))")
        #expect(input.says.isEmpty || result.err.contains(input.says), "\(result.err.prefix(500))")
        let letters = try FileManager.default.contentsOfDirectory(atPath: folder.path("data/rejected"))
        #expect(letters.count == 1)
        let kept = try String(contentsOfFile: folder.path("data/rejected/" + letters[0]), encoding: .utf8).split(separator: "\n")
        #expect(kept.count == input.rejected)
    }

    @Test func `an empty file is no error`() throws {
        let folder = TemporaryFolder()
        let result = try BuiltCommand.run("ingest", try folder.file("in.ndjson", ""), "--data", folder.path("data"), "--json")
        #expect(result.code == 0)
        #expect(try result.lastObject()["received"] as? Int == 0)
        #expect(result.err.contains("empty"))
    }

    @Test func `a directory among the files is named, the others are read, and the code is 74`() throws {
        let folder = TemporaryFolder()
        let file = try folder.file("in.ndjson", good)
        let result = try BuiltCommand.run("ingest", folder.path(""), file, "--data", folder.path("data"), "--json")
        #expect(result.code == 74)
        #expect(result.err.contains("directory"), "\(result.err)")
        #expect(try result.lastObject()["appended"] as? Int == 1)
    }

    @Test func `when every record is refused the code is 65, and the format is asked about`() throws {
        let folder = TemporaryFolder()
        let result = try BuiltCommand.run("ingest", "--data", folder.path("data"), input: "{}\n{}\n")
        #expect(result.code == 65)
        #expect(result.err.contains("--format combined"), "\(result.err)")
    }

    @Test func `the dead letters hold the original bytes`() throws {
        let folder = TemporaryFolder()
        let bad = #"{"time":"9999-01-01T00:00:00Z","signal":"a.b","data":{"x":"\u001b"}}"#
        try BuiltCommand.run("ingest", "--data", folder.path("data"), input: bad + "\n" + good)
        let letters = try FileManager.default.contentsOfDirectory(atPath: folder.path("data/rejected"))
        let text = try String(contentsOfFile: folder.path("data/rejected/" + letters[0]), encoding: .utf8)
        let letter = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(letter["text"] as? String == bad)
        #expect(letter["line"] as? Int == 1)
        #expect(letter["reason"] as? String == "time_out_of_range")
    }
}
