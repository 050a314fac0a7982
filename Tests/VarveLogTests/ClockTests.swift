import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Append times when the clock is wrong for a while, and afterwards.
@Suite struct ClockTests {
    private static let hour: Int64 = 3_600_000_000_000
    private static let far: Int64 = 9_214_646_400_000_000_000  // 2262

    private static func observed(_ disk: any Disk) throws -> [Int64] {
        var found: [Int64] = []
        try LogReader.open(at: LogFixture.path, disk: disk).scan(0..<UInt64.max) { found += $0.observed }
        return found
    }

    /// A log whose clock shows these times, one event each.
    private static func log(_ times: [Int64], reopening: Bool = false, segmentRows: Int = 1_000) throws -> SimulatedDisk {
        var disk = SimulatedDisk()
        let clock = Monitor(LogFixture.start)
        let options = LogFixture.options {
            $0.clock = { Timestamp(nanoseconds: clock.withLock { $0 }) }
            $0.segmentRows = segmentRows
        }
        var core = try LogFixture.core(disk, options)
        for (number, time) in times.enumerated() {
            clock.withLock { $0 = time }
            if reopening, number > 0 {
                try core.finish()
                disk = disk.kill()
                core = try LogFixture.core(disk, options)
            }
            _ = try core.append([LogFixture.batch(1, first: number)])
        }
        try core.finish()
        return disk.kill()
    }

    @Test(arguments: [false, true]) func `one jump of the clock stamps the events of that moment and no others`(
        reopening: Bool
    ) throws {
        let start = LogFixture.start
        let disk = try Self.log([start, Self.far, start + 1_000, start + 2_000], reopening: reopening)
        #expect(try Self.observed(disk) == [start, Self.far, start + 1_000, start + 2_000])
    }

    @Test func `within the tolerance append times stand still and do not go back`() throws {
        let start = LogFixture.start
        let disk = try Self.log([start, start - Self.hour / 2, start + 1])
        #expect(try Self.observed(disk) == [start, start, start + 1])
    }

    @Test func `retention removes what was stamped with a time to come`() throws {
        let start = LogFixture.start
        let days = (1...10).map { start + Int64($0) * LogFixture.day }
        let disk = try Self.log([start, Self.far] + days)
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        var request = RetentionRequest(limit: 5 * LogFixture.day)
        request.now = Timestamp(nanoseconds: start + 10 * LogFixture.day)
        request.isConfirmed = true
        #expect(try maintenance.planRetention(request).retained == 6)
    }

    /// 1970, and 2001.
    @Test(arguments: [1_000, 1_000_000_000_000_000_000] as [Int64])
    func `retention does not take a time that is too early for old`(early: Int64) throws {
        let start = LogFixture.start
        let disk = try Self.log([start, early, early + 1_000, start + LogFixture.day, start + 2 * LogFixture.day])
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        var request = RetentionRequest(limit: 5 * LogFixture.day)
        request.now = Timestamp(nanoseconds: start + 2 * LogFixture.day)
        request.isConfirmed = true
        #expect(try maintenance.planRetention(request).retained == 0)
    }

    @Test func `a rule with a limit lets go of what a wrong clock has stamped with a time to come`() throws {
        let (start, day) = (LogFixture.start, LogFixture.day)
        let disk = try Self.log(
            [start, Self.far, start + day, start + 2 * day, start + 3 * day, start + 4 * day], segmentRows: 1)
        try LogKeep.add(RetentionRule(signals: "*", limit: 3 * day), at: LogFixture.path, disk: disk)
        var request = RetentionRequest(limit: day)
        request.now = Timestamp(nanoseconds: start + 4 * day + day / 2)
        request.isConfirmed = true
        do { _ = try LogMaintenance.open(at: LogFixture.path, disk: disk).retain(request) }
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).retained() == Offset(5))
        // Event 1 was appended before event 2, of day 1: its three days are over.
        #expect(try KeptTests.kept(disk) == [3: 3, 4: 4])
    }

    @Test func `an append time from outside that is still to come is refused, and the log stays as it was`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.keepsObserved = true })
        var batch = LogFixture.batch(2)
        batch.observed = [LogFixture.start, Self.far]
        let error = #expect(throws: LogError.self) { try core.append([batch]) }
        #expect(error?.code == .batchRefused)
        batch.observed = [LogFixture.start, LogFixture.start + Self.hour / 2]
        #expect(try core.append([batch])[0].offsets == 0..<2)
    }
}
