import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Numbers that come from outside, right checksums and all, and would leave the range of their type: in names of files, the
/// watermark, frames and manifests. None of them is a trap, and none of them takes offsets from the log for good.
@Suite struct NumberTests {
    private static let huge: [UInt64] = [.max, .max - 1, .max - 65_536, 1 << 63, 1 << 62]

    /// Ten events, the last one's writer gone.
    private static func log() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        _ = try core.append([LogFixture.batch(10)])
        try core.finish()
        return disk.kill()
    }

    /// The log opens, goes on behind its last event, and has all of them.
    private static func expectGoesOn(_ disk: SimulatedDisk, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let core = try LogFixture.core(disk)
        #expect(try core.append([LogFixture.batch(5, first: 10)])[0].offsets == 10..<15, sourceLocation: sourceLocation)
        try core.finish()
        #expect(try LogFixture.read(disk).numbers == Array(0..<15), sourceLocation: sourceLocation)
        let again = try LogFixture.core(disk.kill())
        #expect(try again.append([LogFixture.batch(1, first: 15)])[0].offsets == 15..<16, sourceLocation: sourceLocation)
    }

    @Test(arguments: huge) func `a file whose name is no offset that a log can have is left alone`(number: UInt64) throws {
        let disk = try Self.log()
        let path = LogFixture.segment(number)
        _ = try disk.create(path)
        try Self.expectGoesOn(disk)
        #expect(disk.contents(path) == [])
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
    }

    @Test(arguments: huge) func `a watermark that no log can have is none`(number: UInt64) throws {
        let disk = try Self.log()
        let forged = Watermark(epoch: 1, segment: Offset(0), durable: Offset(number)).encoded(LogFixture.store)
        disk.damage("data/log/durable") { $0 = forged }
        // Readers do not know how much of the segment is durable, and say so.
        let error = #expect(throws: LogError.self) { try LogFixture.read(disk) }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("data/log/durable") == true)
        try Self.expectGoesOn(disk)
    }

    @Test func `the largest epoch in a watermark is an error that says so`() throws {
        let disk = try Self.log()
        let forged = Watermark(epoch: .max, segment: Offset(0), durable: Offset(10)).encoded(LogFixture.store)
        disk.damage("data/log/durable") { $0 = forged }
        let error = #expect(throws: LogError.self) { try LogFixture.core(disk) }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("4294967295") == true)
    }

    @Test(arguments: ["epoch", "generation"])
    func `a manifest with the largest number is not believed, and made anew from the segments`(what: String) throws {
        let disk = try Self.log()
        guard case .valid(var manifest) = try ManifestFiles.load(disk, StorePaths(LogFixture.path)) else { throw NoManifest() }
        if what == "epoch" { manifest.epoch = .max } else { manifest.generation = .max }
        for copy in ["a", "b"] { disk.damage("data/log/manifest.\(copy)") { $0 = manifest.encoded() } }
        let before = try LogFixture.read(disk).numbers
        let core = try LogFixture.core(disk)
        #expect(core.report.manifestRebuilt && core.report.epoch < .max)
        #expect(try LogFixture.read(disk).numbers == before)
    }

    @Test(arguments: huge) func `what a frame says was durable counts up to its own end`(number: UInt64) throws {
        let disk = try Self.log()
        var batch = LogFixture.batch(3, first: 10)
        batch.firstOffset = Offset(10)
        batch.observed = [Int64](repeating: LogFixture.start, count: 3)
        let chain = try #require(disk.contents(LogFixture.segment(0))).withUnsafeBytes {
            SegmentWalk($0, store: LogFixture.store, first: Offset(0)).chain
        }
        let context = FrameContext(
            store: LogFixture.store, epoch: 1, segment: Offset(0), previousHash: try #require(chain),
            durableUpTo: Offset(number))
        disk.damage(LogFixture.segment(0)) { $0 += FrameEncoder.encode(batch, context) }
        let core = try LogFixture.core(disk)
        #expect(core.report.damaged == [])
        #expect(try core.append([LogFixture.batch(2, first: 13)])[0].offsets == 13..<15)
        #expect(try LogFixture.read(disk).numbers == Array(0..<15))
    }

    @Test(arguments: huge) func `a manifest that begins where no log can begin is none`(number: UInt64) throws {
        let disk = try Self.log()
        var manifest = Manifest(store: LogFixture.store)
        manifest.retained = Offset(number)
        for copy in ["a", "b"] { disk.damage("data/log/manifest.\(copy)") { $0 = manifest.encoded() } }
        try Self.expectGoesOn(disk)
    }

    private struct NoManifest: Error {}
}
