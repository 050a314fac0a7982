import Foundation
import Testing

/// What `varve overview` and `varve ingest` say of what is not there.
struct OverviewCommandTests {
    private static func line(_ number: Int) -> String {
        #"{"time":"2026-01-01T00:00:00Z","signal":"a.b","data":{"bytes":\#(number)}}"# + "\n"
    }

    @Test func `the largest number is exact, and what retention removed is said`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        for numbers in [[1, 2, 3], [.max, .max - 1, 9_007_199_254_740_993]] {
            #expect(try BuiltCommand.run("ingest", "--data", data, input: numbers.map(Self.line).joined()).code == 0)
            #expect(try BuiltCommand.run("log", "compact", "--data", data).code == 0)
        }
        #expect(try BuiltCommand.run("ingest", "--data", data, input: Self.line(5)).code == 0)
        let before = try BuiltCommand.run("overview", "--data", data, "--json")
        #expect(before.out.contains(#""max":9223372036854775807"#), "\(before.out)")
        #expect(try before.lastObject()["expired"] as? Int == 0)
        #expect(try BuiltCommand.run("overview", "--data", data).out.contains("9,223,372,036,854,775,807"))
        let retain = ["log", "retain", "--data", data, "--days", "0", "--yes", "--now", "2100-01-01T00:00:00Z"]
        #expect(try BuiltCommand.start(retain).finish().code == 0)
        let after = try BuiltCommand.run("overview", "--data", data, "--json").lastObject()
        let expired = try #require(after["expired"] as? Int)
        #expect(expired >= 3 && after["complete_from"] as? Int == expired)
        let text = try BuiltCommand.run("overview", "--data", data).out
        #expect(text.contains("Retention has removed \(expired) offsets, those before R = \(expired)"), "\(text)")
        if expired < 7 {
            #expect(after["since"] is String && text.contains("what is left was appended since 20"), "\(text)")
        }
    }

    @Test(arguments: [
        ("", "is empty: it holds"), ("\n \n\t\r\n", "has only blank lines: it holds"), (" [ ]\n", "is an empty JSON array"),
    ])
    func `an input without records is no error, and is said to hold none`(input: String, says: String) throws {
        let folder = TemporaryFolder()
        let result = try BuiltCommand.run("ingest", "--data", folder.path("data"), "--json", input: input)
        #expect(result.code == 0 && result.err.contains("standard input \(says)"), "\(result.err)")
        #expect(try result.lastObject()["received"] as? Int == 0)
    }

    @Test func `standard input may be gzip, an array, or is refused with the command that unpacks it`() throws {
        let folder = TemporaryFolder()
        let array = "[\n" + (0..<50).map { Self.line($0).dropLast() }.joined(separator: ",\n") + ",\n{\"time\": 1}]\n"
        let result = try BuiltCommand.run("ingest", "--data", folder.path("data"), "--json", input: array)
        let receipt = try result.lastObject()
        #expect(receipt["received"] as? Int == 51 && receipt["appended"] as? Int == 50 && receipt["rejected"] as? Int == 1)
        #expect(result.err.contains("-: record 51: "), "\(result.err)")
        let file = try folder.file("a.ndjson", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 1, 2, 3, 10, 4, 10])
        let packed = try BuiltCommand.run("ingest", file, "--data", folder.path("other"))
        #expect(packed.code == 74 && packed.err.contains("use: xz -dc \(file) | varve ingest -"), "\(packed.err)")
    }
}
