import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// View states at R: source, as segments are.
@Suite struct BaseTests {
    private static func retain(
        _ disk: SimulatedDisk, days: Int64, bases: ((BaseRequest) throws -> [BaseBlob])?
    ) throws -> RetentionPlan {
        var request = RetentionRequest(limit: days * LogFixture.day)
        request.now = Timestamp(nanoseconds: LogFixture.start + 10 * LogFixture.day)
        request.isConfirmed = true
        return try LogMaintenance.open(at: LogFixture.path, disk: disk).retain(request, bases: bases)
    }

    private static let two = [BaseBlob(name: "volume/1", bytes: [1, 2, 3]), BaseBlob(name: "", bytes: [])]
    private static let path = "data/log/base/00000000000000000050.base"

    @Test func `bases are asked for while the events are there, and found again at their R`() throws {
        let disk = try LogFixture.tenDays()
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        #expect(try reader.bases() == BaseSet(boundary: Offset(0)))
        let blobs = [BaseBlob(name: "volume/1", bytes: Array(0..<200)), BaseBlob(name: "empty", bytes: [])]
        _ = try Self.retain(disk, days: 5) { request in
            #expect(request.from == Offset(0) && request.to == Offset(50))
            #expect(request.previous.blobs.isEmpty)
            let events = try LogFixture.read(disk, 0..<50).numbers
            #expect(events == Array(0..<50))
            return blobs
        }
        let found = try reader.bases()
        #expect(found == BaseSet(boundary: Offset(50), blobs: ["volume/1": Array(0..<200), "empty": []]))
        let names = try reader.baseNames()
        #expect(names.boundary == Offset(50) && names.names == ["empty", "volume/1"])
        #expect(try reader.base("volume/1")?.bytes == Array(0..<200))
        #expect(try reader.base("other") == nil)
        _ = try Self.retain(disk, days: 3) { request in
            #expect(request.from == Offset(50) && request.to == Offset(70) && request.previous == found)
            return [BaseBlob(name: "volume/1", bytes: [7])]
        }
        #expect(try reader.bases() == BaseSet(boundary: Offset(70), blobs: ["volume/1": [7]]))
        #expect(!disk.paths.contains(Self.path))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
    }

    @Test func `nothing is removed when the bases cannot be made, and nobody is asked when nothing goes`() throws {
        struct NoStates: Error {}
        let disk = try LogFixture.tenDays()
        let before = Set(disk.paths).union(["data/log/maintenance.lock"])
        let error = #expect(throws: LogError.self) { try Self.retain(disk, days: 5) { _ in throw NoStates() } }
        #expect(error?.code == .refused)
        #expect(throws: LogError.self) { try Self.retain(disk, days: 5) { _ in Self.two } }
        #expect(throws: LogError.self) { try Self.retain(disk, days: 5) { _ in [Self.two[0], Self.two[0]] } }
        #expect(Set(disk.paths) == before)
        #expect(try Self.retain(disk, days: 20) { _ in throw NoStates() }.removed.isEmpty)
        _ = try Self.retain(disk, days: 5) { _ in [Self.two[0]] }
        // Once there are bases, nobody may go on without them.
        #expect(throws: LogError.self) { try Self.retain(disk, days: 3, bases: nil) }
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).retained() == Offset(50))
    }

    @Test func `every flipped bit and every cut of the bases is found`() throws {
        let disk = try LogFixture.tenDays()
        let blobs = [BaseBlob(name: "volume/1", bytes: [1, 2, 3]), BaseBlob(name: "day", bytes: Array(0..<16))]
        _ = try Self.retain(disk, days: 5) { _ in blobs }
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        let sound = try #require(disk.contents(Self.path))
        for bit in 0..<(sound.count * 8) {
            disk.damage(Self.path) { $0[bit / 8] ^= 1 << (bit % 8) }
            #expect(throws: LogError.self) { try reader.bases() }
            disk.damage(Self.path) { $0 = sound }
        }
        for size in 0..<sound.count {
            disk.damage(Self.path) { $0 = Array(sound[..<size]) }
            #expect(throws: LogError.self) { try reader.bases() }
        }
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults.map(\.file) == [Self.path])
        #expect(throws: LogError.self) { try LogBackup.backup(LogFixture.path, to: "copy", disk: disk) }
        disk.erase(Self.path)
        #expect(throws: LogError.self) { try reader.bases() }
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults.map(\.file) == [Self.path])
    }

    @Test func `bases go into the backup and come back with it`() throws {
        let disk = try LogFixture.tenDays()
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        _ = try Self.retain(disk, days: 5) { _ in [Self.two[0]] }
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        _ = try Self.retain(disk, days: 3) { _ in [BaseBlob(name: "other", bytes: [9])] }
        for _ in 0..<2 { _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk) }
        #expect(disk.paths.filter { $0.hasPrefix("copy/log/base/") } == ["copy/log/base/00000000000000000070.base"])
        _ = try LogBackup.restore("copy", to: "again", disk: disk)
        for path in ["copy", "again"] {
            #expect(try LogReader.open(at: path, disk: disk).bases().blobs == ["other": [9]])
            #expect(try LogVerifier.verify(at: path, disk: disk).faults == [])
        }
    }

    @Test(arguments: [false, true])
    func `when both manifests are lost the bases say where the log begins`(isInterrupted: Bool) throws {
        let disk = try LogFixture.tenDays()
        let old = disk.contents(LogFixture.segment(40))
        _ = try Self.retain(disk, days: 5) { _ in [Self.two[0]] }
        if isInterrupted, let old {
            // The last of the old segments is still there.
            disk.plan([:])
            try disk.replace(LogFixture.segment(40), with: old)
        }
        for name in ["manifest.a", "manifest.b"] { disk.erase("data/log/" + name) }
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        #expect(try reader.bases() == BaseSet(boundary: Offset(50), blobs: ["volume/1": [1, 2, 3]]))
        #expect(try LogFixture.core(disk.kill()).report.manifestRebuilt)
        #expect(try LogFixture.read(disk, 50..<110).numbers == Array(50..<110))
    }
}
