import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

@Suite struct RetentionTests {
    private static func request(
        days: Int64, at now: Int64, _ change: (inout RetentionRequest) -> Void = { _ in }
    ) -> RetentionRequest {
        var request = RetentionRequest(limit: days * LogFixture.day)
        request.now = Timestamp(nanoseconds: LogFixture.start + now * LogFixture.day)
        request.isConfirmed = true
        change(&request)
        return request
    }

    @Test(arguments: [
        (30, 20, nil, [], 0, RetentionPlan.Hold.young), (5, 10, nil, [], 50, .young), (5, 10, 35, [], 30, .projector(35)),
        (5, 10, 30, [], 30, .projector(30)), (5, 10, 500, [], 50, .young), (1, 100, nil, [], 100, .nothing),
        (1, 100, nil, [UInt64(44)..<45], 40, .pinned), (0, 0, nil, [], 0, .young), (3, -500, nil, [], 0, .young),
    ] as [(Int64, Int64, UInt64?, [Range<UInt64>], UInt64, RetentionPlan.Hold)])
    func `a plan removes what is past the limit and nothing else`(
        days: Int64, now: Int64, notPast: UInt64?, pins: [Range<UInt64>], retained: UInt64, hold: RetentionPlan.Hold
    ) throws {
        let disk = try LogFixture.tenDays()
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        let plan = try maintenance.planRetention(
            Self.request(days: days, at: now) {
                $0.hold = notPast.map { ProjectorHold(offset: $0) }
                $0.pins = pins
            })
        #expect(plan.retained == retained)
        #expect(plan.hold == hold)
        #expect(plan.events == retained)
    }

    @Test func `removed segments are gone, readers are told, and the rest reads as before`() throws {
        let disk = try LogFixture.tenDays()
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        let plan = try maintenance.retain(Self.request(days: 5, at: 10)) { request in
            #expect(request.to == Offset(50))
            return [BaseBlob(name: "main-50", bytes: [1, 2, 3])]
        }
        #expect(plan.removed.count == 5)
        #expect(try reader.bases().blobs == ["main-50": [1, 2, 3]])
        for first in stride(from: 0, to: 50, by: 10) {
            #expect(disk.contents(LogFixture.segment(UInt64(first))) == nil)
        }
        let runs = disk.paths.compactMap { StorePaths.idRunOffsets(StorePaths.name(of: $0)) }
        #expect(!runs.isEmpty && runs.allSatisfy { $0.upperBound > 50 })
        #expect(try reader.retained() == Offset(50))
        let error = #expect(throws: LogError.self) { try reader.scan(0..<110) { _ in } }
        #expect(error?.code == .truncated)
        #expect(try LogFixture.read(disk, 50..<110).numbers == Array(50..<110))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
        let core = try LogFixture.core(disk)
        #expect(core.report.isClean)
        // An id that went may come again; one that is still there is a duplicate.
        let receipt = try core.append([LogFixture.batch(numbers: [7, 70], ids: true)])[0]
        #expect(receipt.offsets == 110..<111)
        #expect(receipt.duplicates.map(\.original) == [Offset(70)])
    }

    @Test func `when everything goes the chain goes on`() throws {
        let disk = try LogFixture.tenDays()
        #expect(try LogMaintenance.sealActive(at: LogFixture.path, disk: disk, options: LogFixture.options()))
        do {
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            #expect(try maintenance.retain(Self.request(days: 1, at: 100)).retained == 110)
        }
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 10 })
        #expect(try core.append([LogFixture.batch(10)])[0].offsets == 110..<120)
        _ = try core.append([LogFixture.batch(10)])
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
    }

    /// Segments of one day each; the limit is five days, the projector has read 20 events.
    @Test(arguments: [
        (11, 7, UInt64.max, 20, nil), (14, 7, .max, 20, nil), (15, 7, .max, 30, UInt64(20)..<30),
        (13, 3, .max, 50, UInt64(20)..<50), (15, 7, 0, 100, UInt64(20)..<100),
    ] as [(Int64, Int64, UInt64, UInt64, Range<UInt64>?)])
    func `a projector holds what it has not read for so many days and bytes, and then no longer`(
        now: Int64, days: Int64, bytes: UInt64, retained: UInt64, unread: Range<UInt64>?
    ) throws {
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: LogFixture.tenDays())
        let plan = try maintenance.planRetention(
            Self.request(days: 5, at: now) { $0.hold = ProjectorHold(offset: 20, grace: days * LogFixture.day, bytes: bytes) })
        #expect(plan.retained == retained)
        #expect(plan.unread == unread)
    }

    @Test func `a projector that may hold some bytes loses the oldest of them only`() throws {
        let disk = try LogFixture.tenDays()
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        let sizes = try LogReader.open(at: LogFixture.path, disk: disk).segments().map(\.bytes)
        let plan = try maintenance.planRetention(
            Self.request(days: 5, at: 10) { $0.hold = ProjectorHold(offset: 20, bytes: sizes[3] + sizes[4]) })
        #expect(plan.retained == 30)
        #expect(plan.hold == .projector(20))
        #expect(plan.unread == 20..<30)
    }

    @Test func `what is pinned in the log stays, and goes when it is unpinned`() throws {
        let disk = try LogFixture.tenDays()
        let pin = RetentionPin(offsets: 24..<26, name: "incident 7")
        try LogPins.pin(pin, at: LogFixture.path, disk: disk)
        try LogPins.pin(RetentionPin(offsets: 25..<26, name: "incident 8"), at: LogFixture.path, disk: disk)
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        // A pin that is made behind the plan counts too.
        let error = #expect(throws: LogError.self) {
            try maintenance.retain(Self.request(days: 5, at: 10)) { _ in
                try LogPins.pin(RetentionPin(offsets: 3..<4, name: "late"), at: LogFixture.path, disk: disk)
                return []
            }
        }
        #expect(error?.code == .refused)
        #expect(try LogPins.unpin("late", at: LogFixture.path, disk: disk))
        #expect(try !LogPins.unpin("late", at: LogFixture.path, disk: disk))
        #expect(try maintenance.retain(Self.request(days: 5, at: 10)).retained == 20)
        #expect(throws: LogError.self) {
            try LogPins.pin(RetentionPin(offsets: 3..<4, name: "gone"), at: LogFixture.path, disk: disk)
        }
        let reader = try LogReader.open(at: LogFixture.path, disk: disk.kill())
        #expect(try reader.pins().map(\.name) == ["incident 7", "incident 8"])
        for name in ["incident 7", "incident 8"] { _ = try LogPins.unpin(name, at: LogFixture.path, disk: disk) }
        #expect(try maintenance.retain(Self.request(days: 5, at: 10)).retained == 50)
    }

    @Test func `after both manifests were lost, retention asks before it goes on without pins`() throws {
        let disk = try LogFixture.tenDays()
        for name in ["manifest.a", "manifest.b"] { disk.erase("data/log/" + name) }
        try LogFixture.core(disk).finish()
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk.kill())
        #expect(try maintenance.objection(Self.request(days: 30, at: 10)) != nil)
        _ = try maintenance.retain(Self.request(days: 5, at: 10))
        #expect(try maintenance.objection(Self.request(days: 30, at: 10)) == nil)
    }

    @Test func `a lower limit is refused until it is confirmed`() throws {
        let disk = try LogFixture.tenDays()
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        let before = disk.paths
        let error = #expect(throws: LogError.self) {
            try maintenance.retain(Self.request(days: 5, at: 10) { $0.isConfirmed = false })
        }
        #expect(error?.code == .refused)
        #expect(disk.paths == before)
        _ = try maintenance.retain(Self.request(days: 5, at: 10))
        #expect(try maintenance.objection(Self.request(days: 5, at: 11)) == nil)
        #expect(try maintenance.objection(Self.request(days: 6, at: 11)) == nil)
        #expect(try maintenance.objection(Self.request(days: 4, at: 11)) != nil)
    }

    @Test(arguments: [
        (0, 0, true, false), (24, 24, true, false), (47, 0, true, false), (49, 0, true, true), (8_766, 24, true, true),
        (-8_766, 24, true, false), (8_766, 24, false, false), (8_766, 8_750, true, false),
    ])
    func `a wall clock that has gone further than the machine has run is a jump`(
        wall: Int64, run: Int64, isSameStart: Bool, isJump: Bool
    ) {
        let hour: Int64 = 3_600_000_000_000
        let memory = RetentionMemory(clock: ClockReading(wall: LogFixture.start, sinceStart: 5 * hour, start: 9))
        let now = ClockReading(wall: LogFixture.start + wall * hour, sinceStart: (5 + run) * hour, start: isSameStart ? 9 : 10)
        #expect((memory.jump(to: now) != nil) == isJump)
    }

    @Test func `retention refuses after a clock jump, and goes on when that is confirmed`() throws {
        let disk = try LogFixture.tenDays()
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        var request = RetentionRequest()
        request.clock = ClockReading(wall: LogFixture.start + 11 * LogFixture.day, sinceStart: LogFixture.day, start: 4)
        #expect(try maintenance.retain(request).removed.isEmpty)
        request.clock.wall += 365 * LogFixture.day
        request.clock.sinceStart += LogFixture.day
        #expect(throws: LogError.self) { try maintenance.retain(request) }
        request.isConfirmed = true
        #expect(try maintenance.retain(request).removed.count == 10)
    }
}
