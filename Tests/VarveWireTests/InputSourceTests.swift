import CZlib
import Foundation
import Testing
import VarveEvents
import VarveWire

@Suite struct InputSourceTests {
    private let line = #"{"time":1755000000123,"signal":"s","data":{"x":1}}"# + "\n"

    /// One gzip member, made by zlib.
    private func gzip(_ text: String) throws -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        try #require(deflateInit2_(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK)
        defer { deflateEnd(&stream) }
        var input = Array(text.utf8)
        var output = [UInt8](repeating: 0, count: input.count + 1_000)
        let made = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
        return Array(output[..<made])
    }

    private func withFile<Result>(_ name: String, _ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "varve-wire-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        try Data(bytes).write(to: file)
        return try body(file.path)
    }

    private func read(_ path: String) throws -> (decoded: Decoded, error: InputError?) {
        var decoder = InputDecoder(DecodeOptions(.ndjson, now: testNow))
        var decoded = Decoded()
        var failure: InputError?
        let source = try InputSource.open(path)
        do throws(InputError) {
            while try decoder.fill(from: source) != .end {}
        } catch {
            failure = error
        }
        decoder.finish()
        while let block = decoder.nextBlock(flush: true) { decoded.take(block) }
        return (decoded, failure)
    }

    @Test func `plain and gzip files give the same events, however many members`() throws {
        let text = String(repeating: line, count: 3_000)
        let packed = try gzip(text)
        for (name, bytes, count) in [
            ("a.ndjson", Array(text.utf8), 3_000), ("a.ndjson.gz", packed, 3_000), ("b.gz", packed + packed, 6_000),
            ("c.gz", packed + [0, 0, 0, 0], 3_000), ("empty.ndjson", [], 0), ("empty.gz", [], 0),
        ] {
            let (decoded, error) = try withFile(name, bytes, read)
            #expect(error == nil)
            #expect(decoded.events.count == count)
            #expect(decoded.rejections == [])
        }
    }

    @Test func `damaged gzip is an error, and what comes before it is read`() throws {
        let packed = try gzip(String(repeating: line, count: 3_000))
        var flipped = packed
        flipped[packed.count - 6] ^= 0xFF
        for (bytes, code) in [
            (Array(packed.dropLast(20)), InputError.Code.truncatedGzip), (packed + Array("junk".utf8), .trailingBytes),
            (flipped, .damagedGzip), (Array(line.utf8), .damagedGzip),
        ] {
            let (decoded, error) = try withFile("a.gz", bytes, read)
            #expect(error?.code == code)
            if code != .damagedGzip || bytes.count != line.utf8.count { #expect(decoded.events.count > 2_000) }
        }
    }

    @Test func `gzip is known by its bytes, whatever the file's name`() throws {
        let packed = try gzip(String(repeating: line, count: 3_000))
        for name in ["a.ndjson", "a.ndjson.gz.1", "a"] {
            let (decoded, error) = try withFile(name, packed + packed, read)
            #expect(error == nil && decoded.events.count == 6_000)
        }
    }

    @Test(
        arguments: [
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz data", "xz -dc"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd data", "zstd -dc"),
            (Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], "bzip2 data", "bzip2 -dc"),
            ([0x04, 0x22, 0x4D, 0x18], "LZ4 data", "lz4 -dc"), ([0x50, 0x4B, 0x03, 0x04], "a zip archive", "unzip -p"),
            ([0x1F, 0x9D], "data of compress", "gzip -dc"),
        ] as [([UInt8], String, String)])
    func `what no library here unpacks is refused as a whole, with the command`(
        magic: [UInt8], what: String, command: String
    ) throws {
        let rest = (0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let (decoded, error) = try withFile("events.ndjson", magic + rest, read)
        #expect(error?.code == .notText && decoded.received == 0 && decoded.rejections == [])
        let message = error?.message ?? ""
        #expect(message.hasPrefix("this is \(what), which Varve does not unpack; use: \(command) "), "\(message)")
        #expect(message.hasSuffix("events.ndjson | varve ingest -"), "\(message)")
        // The same inside gzip.
        let (inside, second) = try withFile(
            "a.gz", gzip(String(decoding: Array("PK\u{3}\u{4}".utf8), as: UTF8.self) + "rest"), read)
        #expect(second?.code == .notText && inside.rejections == [])
    }

    @Test func `text that begins like a packed file is text`() throws {
        for text in ["BZh9 is a word\n", "PAR1,PAR2\n", "(\n", "B\n", "P"] {
            let (decoded, error) = try withFile("a.ndjson", Array(text.utf8), read)
            #expect(error == nil && decoded.rejections.count == 1, "\(text)")
        }
    }

    @Test func `what cannot be opened is said clearly`() throws {
        let missing = #expect(throws: InputError.self) { try InputSource.open("/nowhere/at/all.ndjson") }
        #expect(missing?.description == "/nowhere/at/all.ndjson: there is no such file")
        let folder = #expect(throws: InputError.self) { try InputSource.open(FileManager.default.temporaryDirectory.path) }
        #expect(folder?.code == .isDirectory)
    }

    @Test func `a dead letter is one JSON line that keeps the bytes`() throws {
        let decoded = decode("{\"time\":1,\n", .ndjson)
        let rejection = try #require(decoded.rejections.first)
        let text = String(decoding: rejection.deadLetter(file: "a \"b\".ndjson"), as: UTF8.self)
        #expect(text.hasPrefix(#"{"file":"a \"b\".ndjson","line":1,"offset":0,"reason":"syntax","message":"#))
        #expect(text.hasSuffix(#","text":"{\"time\":1,"}"# + "\n"))
        let binary = decode([0xFF, 0x00, 0xFE, 0x41, 10], DecodeOptions(.ndjson, now: testNow)).rejections.first
        let letter = String(decoding: binary?.deadLetter(file: "x") ?? [], as: UTF8.self)
        #expect(letter.contains(#""bytes_base64":"/wD+QQ==""#), "\(letter)")
    }
}
