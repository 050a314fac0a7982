import Foundation
import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveHash
import VarveTestSupport

@testable import VarveLog

/// A log and two frames of format 1, written once, with what they hold and what `varve log inspect` says about them. They never
/// change: a program that reads version 1 reads these.
///
/// A new version gets a folder of its own, made with `VARVE_WRITE_GOLDEN=1 swift test --filter GoldenTests` in an empty one.
@Suite struct GoldenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/format-1")
    private static let segments = [60, 120, 180].map { StorePaths("").segment(Offset($0)).split(separator: "/").last ?? "" }

    private static let isWriting = ProcessInfo.processInfo.environment["VARVE_WRITE_GOLDEN"] != nil

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test(.enabled(if: !isWriting))
    func `the golden log reads as it always did`() throws {
        let reader = try LogReader.open(at: Self.folder.path)
        #expect(try Self.events(reader) == Self.text("events.txt"))
        #expect(try LogVerifier.verify(at: Self.folder.path).faults == [])
        #expect(try reader.bases() == BaseSet(boundary: Offset(60), blobs: ["view": [1, 2, 3]]))
        #expect(try reader.pins() == [RetentionPin(offsets: 100..<130, name: "incident")])
        let hashes = try reader.segments().map { "\($0.firstOffset) \($0.contentHash?.description ?? "")\n" }
        #expect(try hashes.joined() == Self.text("content-hashes.txt"))
    }

    @Test(.enabled(if: !isWriting), arguments: segments)
    func `the dump of a golden segment is what it was`(name: Substring) throws {
        let dump = try LogInspector.dump(Self.folder.path + "/log/" + name)
        #expect(try Self.lines(dump.map { ($0.bytes.lowerBound, $0.bytes.upperBound, $0.text) }) == Self.text("\(name).txt"))
    }

    @Test(.enabled(if: !isWriting), arguments: ["sparse", "appends"])
    func `a golden frame decodes and dumps as it did`(name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name + ".frame")))
        let (dump, events) = try Self.explained(bytes)
        #expect(try dump == Self.text(name + ".frame.txt"))
        #expect(try events == Self.text(name + ".events.txt"))
    }

    private static func explained(_ bytes: [UInt8]) throws -> (String, String) {
        try bytes.withUnsafeBytes { raw in
            let header = try FrameHeader(parsing: raw)
            let dump = try FrameDump.lines(raw, header).map {
                (UInt64($0.bytes.lowerBound), UInt64($0.bytes.upperBound), $0.text)
            }
            var events = ""
            try FrameDecoder.decode(raw, header, select: .all).forEachEvent { events += line($0, $1) }
            return (lines(dump), events)
        }
    }

    private static func lines(_ dump: [(UInt64, UInt64, String)]) -> String {
        dump.map { "\($0.0) \($0.1) \($0.2)\n" }.joined()
    }

    private static func events(_ reader: LogReader) throws -> String {
        var text = ""
        try reader.scan(reader.retained().value..<UInt64.max, onDamage: { text += "\($0)\n" }) { batch in
            batch.forEachEvent { text += line($0, $1) }
        }
        return text
    }

    private static func line(_ offset: Offset, _ event: Event) -> String {
        let envelope = [event.id, event.tenant, event.component, event.session, event.user].map { $0.map { "'\($0)'" } ?? "-" }
        let attributes = event.attributes.map { "\($0.name)=\($0.value)" }.sorted()
        let observed = event.observed.map { "\($0.nanoseconds)" } ?? "-"
        return "\(offset) \(event.time.nanoseconds) \(observed) \(event.signal) "
            + (envelope + attributes).joined(separator: " ") + "\n"
    }

    // MARK: Writing

    @Test(.enabled(if: isWriting))
    func `golden files are written where there are none`() throws {
        try #require(!FileManager.default.fileExists(atPath: Self.folder.path), "golden files never change")
        let disk = try Self.log()
        try FileManager.default.createDirectory(at: Self.folder.appending(path: "log/base"), withIntermediateDirectories: true)
        func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: Self.folder.appending(path: name)) }
        for path in disk.paths where path.hasPrefix("data/log/") && !path.hasSuffix(".lock") && path != "data/log/base" {
            try write(String(path.dropFirst(5)), disk.contents(path) ?? [])
        }
        let reader = try LogReader.open(at: Self.folder.path)
        try write("events.txt", Array(Self.events(reader).utf8))
        let hashes = try reader.segments().map { "\($0.firstOffset) \($0.contentHash?.description ?? "")\n" }
        try write("content-hashes.txt", Array(hashes.joined().utf8))
        for name in Self.segments {
            let dump = try LogInspector.dump(Self.folder.path + "/log/" + name)
            try write("\(name).txt", Array(Self.lines(dump.map { ($0.bytes.lowerBound, $0.bytes.upperBound, $0.text) }).utf8))
        }
        for (name, bytes) in [("sparse", Self.frame(isSparse: true)), ("appends", Self.frame(isSparse: false))] {
            let (dump, events) = try Self.explained(bytes)
            try write(name + ".frame", bytes)
            try write(name + ".frame.txt", Array(dump.utf8))
            try write(name + ".events.txt", Array(events.utf8))
        }
    }

    /// Events 0 to 239 in segments of 60: the first removed, with a base; the second compacted; the third as ingested; the
    /// fourth not sealed.
    private static func log() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 60 })
        let events = randomEvents(count: 240, seed: 11)
        for start in stride(from: 0, to: 240, by: 20) {
            var builder = BatchBuilder()
            for event in events[start..<(start + 20)] {
                var event = event
                // A column that follows from another, and integers that count up.
                event.attributes.append(Attribute("place", .string("at " + (event.component ?? "nowhere"))))
                event.attributes.append(Attribute("count", .int64(1_000 + Int64(start))))
                builder.append(event)
            }
            _ = try core.append([builder.finish()])
        }
        try core.finish()
        try LogPins.pin(RetentionPin(offsets: 100..<130, name: "incident"), at: LogFixture.path, disk: disk)
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        var request = RetentionRequest(limit: 0)
        request.now = Timestamp(nanoseconds: 1_700_000_000_000_000_001)
        request.isConfirmed = true
        _ = try maintenance.retain(request) { _ in [BaseBlob(name: "view", bytes: [1, 2, 3])] }
        var plan = try maintenance.planCompaction()
        plan.rewrites = Array(plan.rewrites.prefix(1))
        _ = try maintenance.compact(plan)
        return disk
    }

    private static func frame(isSparse: Bool) -> [UInt8] {
        var builder = BatchBuilder()
        for event in randomEvents(count: 50, seed: 12) { builder.append(event) }
        var batch = builder.finish()
        batch.firstOffset = Offset(7)
        if isSparse { batch.offsets = (0..<50).map { 7 + $0 * $0 } }
        batch.observed = (0..<50).map { 1_700_000_000_000_000_000 + Int64($0 / 10) }
        let context = FrameContext(
            store: LogFixture.store, epoch: 3, segment: Offset(0), previousHash: 0x0123_4567_89AB_CDEF, durableUpTo: Offset(7))
        let appends = isSparse ? [] : [
            AppendEntry(producer: 9, epoch: 1, sequence: 41, rows: 20),
            AppendEntry(producer: 10, epoch: 2, sequence: 7, rows: 30),
        ]
        return FrameEncoder.encode(batch, context, appends: appends)
    }
}
