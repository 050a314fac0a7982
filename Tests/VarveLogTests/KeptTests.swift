import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Events that outlive their segments.
@Suite struct KeptTests {
    private static func request(at now: Int64) -> RetentionRequest {
        var request = RetentionRequest(limit: 5 * LogFixture.day)
        request.now = Timestamp(nanoseconds: LogFixture.start + now * LogFixture.day)
        request.isConfirmed = true
        return request
    }

    /// Retains at day `now`, in a process of its own.
    private static func retain(_ disk: SimulatedDisk, at now: Int64) throws -> RetentionPlan {
        try LogMaintenance.open(at: LogFixture.path, disk: disk).retain(request(at: now))
    }

    static func kept(_ disk: any Disk, at path: String = LogFixture.path) throws -> [UInt64: Int64] {
        var found: [UInt64: Int64] = [:]
        try LogReader.open(at: path, disk: disk).scanKept(0..<UInt64.max) { batch in
            batch.forEachEvent { offset, event in
                if case .int64(let number)? = event[attribute: "number"] { found[offset.value] = number }
            }
        }
        return found
    }

    /// Numbers divisible by three are `retry.success`; each stands at its own offset.
    private static func thirds(below end: UInt64) -> [UInt64: Int64] {
        Dictionary(uniqueKeysWithValues: stride(from: 0, to: end, by: 3).map { ($0, Int64($0)) })
    }

    @Test func `kept events stay below R at their old offsets, are known as duplicates, verified and backed up`() throws {
        let disk = try LogFixture.tenDays()
        try LogKeep.add(RetentionRule(signals: "*.success"), at: LogFixture.path, disk: disk)
        let plan = try LogMaintenance.open(at: LogFixture.path, disk: disk).planRetention(Self.request(at: 10))
        let said = try LogMaintenance.open(at: LogFixture.path, disk: disk).kept(plan, Self.request(at: 10))
        #expect(!disk.paths.contains { $0.contains("/kept/") })
        let done = try Self.retain(disk, at: 10)
        #expect(done.kept == said && said.events == 17 && said.segments == 1 && said.bytes > 0)
        #expect(try Self.kept(disk) == Self.thirds(below: 50))
        // The others see nothing of it.
        let error = #expect(throws: LogError.self) { try LogFixture.read(disk, 0..<110) }
        #expect(error?.code == .truncated)
        #expect(try LogFixture.read(disk, 50..<110).numbers == Array(50..<110))
        let report = try LogVerifier.verify(at: LogFixture.path, disk: disk)
        #expect(report.faults == [] && report.events == 77)

        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        _ = try LogBackup.restore("copy", to: "again", disk: disk)
        #expect(try Self.kept(disk, at: "again") == Self.thirds(below: 50))
        #expect(try LogVerifier.verify(at: "again", disk: disk).faults == [])

        let core = try LogFixture.core(disk)
        #expect(core.report.isClean)
        let receipt = try core.append([LogFixture.batch(numbers: [9, 10, 60], ids: true)])[0]
        #expect(receipt.appended == 1 && receipt.duplicates.map(\.original) == [Offset(9), Offset(60)])
    }

    @Test func `a filter and a range choose among kept events as among others`() throws {
        let disk = try LogFixture.tenDays()
        try LogKeep.add(RetentionRule(signals: "*"), at: LogFixture.path, disk: disk)
        _ = try Self.retain(disk, at: 10)
        var filter = LogFilter()
        filter.component = "c3"
        var found: [UInt64] = []
        try LogReader.open(at: LogFixture.path, disk: disk).scanKept(15..<45, where: filter) { batch in
            batch.forEachEvent { offset, _ in found.append(offset.value) }
        }
        #expect(found == [17, 24, 31, 38])
    }

    @Test func `so many days by append time are that, and no shorter than the limit`() throws {
        let disk = try LogFixture.tenDays()
        try LogKeep.add(
            RetentionRule(signals: "retry.success", limit: 8 * LogFixture.day), at: LogFixture.path, disk: disk)
        try LogKeep.add(RetentionRule(signals: "retry.attempt", limit: 1), at: LogFixture.path, disk: disk)
        _ = try Self.retain(disk, at: 10)
        // Days 0 to 4 go, of which 2 to 4 are at most eight days old.
        #expect(try Self.kept(disk) == Self.thirds(below: 50).filter { $0.key >= 20 })
        _ = try Self.retain(disk, at: 12)
        #expect(try Self.kept(disk) == Self.thirds(below: 70).filter { $0.key >= 40 })
        // One file, and none of what it was before.
        #expect(disk.paths.count { $0.hasSuffix(".kept") } == 1)
    }

    @Test func `what no rule keeps any more goes with the next segments, and rules made meanwhile stop a retention`() throws {
        let disk = try LogFixture.tenDays()
        try LogKeep.add(RetentionRule(signals: "retry.success"), at: LogFixture.path, disk: disk)
        _ = try Self.retain(disk, at: 8)
        #expect(try LogKeep.remove("retry.success", at: LogFixture.path, disk: disk))
        #expect(try !LogKeep.remove("retry.success", at: LogFixture.path, disk: disk))
        // Nothing goes, so nothing changes.
        _ = try Self.retain(disk, at: 8)
        #expect(try Self.kept(disk) == Self.thirds(below: 30))
        do {
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            let error = #expect(throws: LogError.self) {
                try maintenance.retain(Self.request(at: 9)) { _ in
                    try LogKeep.add(RetentionRule(signals: "retry.attempt"), at: LogFixture.path, disk: disk)
                    return []
                }
            }
            #expect(error?.code == .refused)
        }
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).retained() == Offset(30))
        #expect(try LogKeep.remove("retry.attempt", at: LogFixture.path, disk: disk))
        _ = try Self.retain(disk, at: 10)
        #expect(try Self.kept(disk).isEmpty && !disk.paths.contains { $0.hasSuffix(".kept") })
    }

    @Test func `kept segments are found again when both manifests are lost`() throws {
        let disk = try LogFixture.tenDays()
        try LogKeep.add(RetentionRule(signals: "retry.success"), at: LogFixture.path, disk: disk)
        _ = try Self.retain(disk, at: 10)
        for path in StorePaths(LogFixture.path).manifests { disk.erase(path) }
        #expect(try Self.kept(disk) == Self.thirds(below: 50))
        let core = try LogFixture.core(disk)
        #expect(core.report.manifestRebuilt)
        try core.finish()
        let again = disk.kill()
        #expect(try Self.kept(again) == Self.thirds(below: 50))
        // The rules are lost, and that is said before anything goes.
        let error = #expect(throws: LogError.self) {
            var request = Self.request(at: 11)
            request.isConfirmed = false
            request.limit = RetentionMemory.defaultLimit
            _ = try LogMaintenance.open(at: LogFixture.path, disk: again).retain(request)
        }
        #expect(error?.code == .refused)
    }

    @Test func `a flipped bit in a kept segment is found by verify, and stops the next retention`() throws {
        let disk = try LogFixture.tenDays()
        try LogKeep.add(RetentionRule(signals: "retry.success"), at: LogFixture.path, disk: disk)
        _ = try Self.retain(disk, at: 10)
        let path = try #require(disk.paths.first { $0.hasSuffix("00.0.kept") })
        let size = try #require(disk.contents(path)?.count)
        for place in stride(from: 0, to: size, by: 7) {
            let hurt = disk.kill().snapshot()
            hurt.damage(path) { $0[place] ^= 4 }
            let faults = try LogVerifier.verify(at: LogFixture.path, disk: hurt).faults
            #expect(!faults.isEmpty && faults.allSatisfy { $0.file == path }, "byte \(place)")
        }
        let hurt = disk.kill()
        hurt.damage(path) { $0[200] ^= 4 }
        let error = #expect(throws: LogError.self) { try Self.retain(hurt, at: 12) }
        #expect(error?.code == .damaged)
        #expect(error?.message.contains("restore the file from a backup; kept events cannot be made again") == true)
        #expect(try LogReader.open(at: LogFixture.path, disk: hurt).retained() == Offset(50))
        // Without a backup: what is kept is given up, and retention goes on.
        #expect(try LogKeep.remove("retry.success", at: LogFixture.path, disk: hurt))
        _ = try Self.retain(hurt, at: 12)
        #expect(try LogReader.open(at: LogFixture.path, disk: hurt).retained() == Offset(70))
    }
}
