import Foundation
import VarveEvents
import VarveIngest
import VarveLog
import VarveWire

/// A folder with a log that is removed at the end.
struct TemporaryLog: ~Copyable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "varve-ingest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var path: String { url.appending(path: "data").path(percentEncoded: false) }

    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: url.appending(path: name))
        return url.appending(path: name).path(percentEncoded: false)
    }

    func gzip(_ file: String, as name: String, cutAt count: Int? = nil) throws -> String {
        let target = url.appending(path: name)
        _ = FileManager.default.createFile(atPath: target.path(percentEncoded: false), contents: nil)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-c", file]
        process.standardOutput = try FileHandle(forWritingTo: target)
        try process.run()
        process.waitUntilExit()
        if let count { try FileHandle(forWritingTo: target).truncate(atOffset: UInt64(count)) }
        return target.path(percentEncoded: false)
    }

    /// Ingests files into the log, opened and closed for that.
    func ingest(_ files: [String], producer: String? = "web") async throws -> IngestReceipt {
        let ingestor = try await Ingestor.open(at: path)
        let options = DecodeOptions(.ndjson, now: Timestamp(nanoseconds: 1_790_000_000_000_000_000))
        let ingest = FileIngest(files, options, producer: producer.map { FileProducer(name: $0, reading: "test") })
        do {
            let receipt = try await ingest.run(into: ingestor)
            try await ingestor.close()
            return receipt
        } catch {
            try? await ingestor.close()
            throw error
        }
    }

    /// The attribute `n` of every event, in offset order.
    func numbers() throws -> [Int64] {
        var numbers: [Int64] = []
        try LogReader.open(at: path).scanAll { batch in
            batch.forEachEvent { _, event in
                if case .int64(let number)? = event.attributes.first(where: { $0.name == "n" })?.value { numbers.append(number) }
            }
        }
        return numbers
    }

    static func line(_ number: Int) -> String {
        #"{"time":1767225600000,"signal":"a.b","data":{"n":\#(number)}}"# + "\n"
    }

    static func lines(_ range: Range<Int>) -> String { range.map(line).joined() }
}
