import Foundation
import Testing
import VarveCatalog
import VarveEvents
import VarveWire

/// What the formats' own mappings give is what the catalog says, so that `--policy strict` takes it.
struct PresetPolicyTests {
    /// Flags of golden inputs that are wrong.
    private static let wrong: [String: [String]] = [
        // A level that the program made up.
        "pino": ["log.entry: data.level is '35', not one of"],
        // A line without a status.
        "w3c": ["http.request: data.status is missing"],
        // Our own example of an event without it.
        "ndjson": ["retry.success: data.api_endpoint is missing"],
    ]

    @Test func `the events of every golden folder pass the strict policy, where the input is right`() throws {
        let root = RepositoryFile.root.appending(path: "Fixtures/wire")
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
        #expect(names.count > 40)
        for name in names {
            let bytes = try RepositoryFile(path: "Fixtures/wire/\(name)/events.ndjson").bytes()
            // After every golden input.
            var decoder = InputDecoder(DecodeOptions(.ndjson, now: Timestamp(nanoseconds: 1_795_910_400_000_000_000)))
            bytes.withUnsafeBytes { decoder.feed($0) }
            decoder.finish()
            var flags: [String] = []
            while let block = decoder.nextBlock(flush: true) {
                flags += block.batch.map { BatchCheck().check($0, policy: .strict).flags.map { "\($0)" } } ?? []
            }
            let allowed = Self.wrong[name] ?? []
            #expect(flags.filter { flag in !allowed.contains { flag.hasPrefix($0) } } == [], "\(name)")
        }
    }

    @Test(arguments: [
        "emerg", "alert", "crit", "error", "warn", "notice", "info", "debug", "trace", "fatal", "warning", "err", "critical",
    ])
    func `every level of syslog and of the usual loggers is known`(level: String) {
        let event = CheckTests.event("log.entry", [Attribute("level", .string(level)), Attribute("message", .string("m"))])
        #expect(BatchCheck().check(CheckTests.batch([event]), policy: .strict).flags == [])
    }
}
