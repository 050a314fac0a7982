import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Registrations of projectors: in both copies of the manifest, and in every backup.
@Suite struct ProjectorNameTests {
    private static func names(_ disk: SimulatedDisk, _ path: String = LogFixture.path) throws -> [String] {
        try LogReader.open(at: path, disk: disk).projectors()
    }

    @Test func `a registration is in both copies, survives damage of one, and is in a backup`() throws {
        let disk = try LogFixture.tenDays()
        try LogProjectors.register(["main"], at: LogFixture.path, disk: disk)
        try LogProjectors.register(["other", "main"], at: LogFixture.path, disk: disk)
        let size = try #require(disk.contents("data/log/manifest.a")?.count)
        for path in ["data/log/manifest.a", "data/log/manifest.b"] {
            for bit in stride(from: 0, to: size * 8, by: 101) {
                let hurt = disk.kill().snapshot()
                hurt.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
                #expect(try Self.names(hurt) == ["main", "other"], "bit \(bit) of \(path)")
            }
        }
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        _ = try LogBackup.restore("copy", to: "again", disk: disk)
        #expect(try Self.names(disk, "again") == ["main", "other"])
        #expect(try LogProjectors.forget("main", at: LogFixture.path, disk: disk))
        #expect(try !LogProjectors.forget("main", at: LogFixture.path, disk: disk))
        #expect(try Self.names(disk) == ["other"])
        #expect(throws: LogError.self) { try LogProjectors.register([""], at: LogFixture.path, disk: disk) }
    }

    @Test func `no power cut during a registration drops another one`() throws {
        let base = try LogFixture.tenDays()
        try LogProjectors.register(["main"], at: LogFixture.path, disk: base)
        let calm = base.kill()
        let before = calm.operationCount
        try LogProjectors.register(["other"], at: LogFixture.path, disk: calm)
        for operation in 0...(calm.operationCount - before) {
            let disk = base.kill().snapshot()
            disk.plan([disk.operationCount + operation: .powerCut])
            try? LogProjectors.register(["other"], at: LogFixture.path, disk: disk)
            for seed in 0..<4 as Range<UInt64> {
                let after = disk.crash(seed: seed)
                #expect(try Self.names(after).contains("main"), "operation \(operation)")
            }
        }
    }

    @Test func `while a projector is registered nothing goes without the states of its views`() throws {
        let disk = try LogFixture.tenDays()
        try LogProjectors.register(["main"], at: LogFixture.path, disk: disk)
        var request = RetentionRequest(limit: LogFixture.day)
        request.now = Timestamp(nanoseconds: LogFixture.start + 9 * LogFixture.day)
        request.isConfirmed = true
        do {
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            let error = #expect(throws: LogError.self) { try maintenance.retain(request) }
            #expect(error?.code == .refused)
        }
        #expect(try LogFixture.read(disk).numbers == Array(0..<110))
        #expect(try LogProjectors.forget("main", at: LogFixture.path, disk: disk))
        #expect(try LogMaintenance.open(at: LogFixture.path, disk: disk).retain(request).retained > 0)
    }
}
