import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// One copy of the manifest in every state that is not right, the other one whole.
@Suite struct ManifestCopyTests {
    enum Fault: String, CaseIterable {
        case missing, empty, garbage, tooLarge, directory, unreadable
    }

    private static func log() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 6 })
        for round in 0..<5 { _ = try core.append([LogFixture.batch(3, first: round * 3, ids: true)]) }
        try core.finish()
        try LogPins.pin(RetentionPin(offsets: 0..<3, name: "incident"), at: LogFixture.path, disk: disk)
        return disk.kill()
    }

    private static func hurt(_ disk: SimulatedDisk, _ path: String, _ fault: Fault) throws {
        switch fault {
        case .missing: disk.erase(path)
        case .empty: disk.damage(path) { $0 = [] }
        case .garbage: disk.damage(path) { $0[40] ^= 1 }
        case .tooLarge: disk.damage(path) { $0 += [UInt8](repeating: 0, count: LogLimits.manifestBytes) }
        case .directory:
            disk.erase(path)
            try disk.makeDirectory(path)
        case .unreadable: disk.makeUnreadable([path])
        }
    }

    @Test(arguments: Fault.allCases, ["data/log/manifest.a", "data/log/manifest.b"])
    func `one copy that cannot be used costs nothing while the other is whole`(fault: Fault, path: String) throws {
        let disk = try Self.log()
        try Self.hurt(disk, path, fault)
        #expect(try LogFixture.read(disk).numbers == Array(0..<15))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults.map(\.file) == [path])
        let core = try LogFixture.core(disk)
        #expect(!core.report.manifestRebuilt)
        #expect(try core.append([LogFixture.batch(3, first: 15)])[0].offsets == 15..<18)
        try core.finish()
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).pins().map(\.name) == ["incident"])
        if fault == .unreadable { disk.makeUnreadable([]) }
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
        #expect(try LogFixture.read(disk).numbers == Array(0..<18))
    }

    @Test func `when the disk reads neither copy the log is not opened, and not taken for one that lost them`() throws {
        let disk = try Self.log()
        disk.makeUnreadable(["data/log/manifest.a", "data/log/manifest.b"])
        let error = #expect(throws: LogError.self) {
            do { _ = try LogFixture.core(disk) } catch { throw LogError(error) }
        }
        #expect(error?.code == .inputOutput)
        disk.makeUnreadable([])
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).pins().map(\.name) == ["incident"])
    }
}
