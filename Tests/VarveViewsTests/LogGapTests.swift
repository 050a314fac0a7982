import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let views: [ViewDefinition] = [.volume, .latency]
private let start: Int64 = 1_800_000_000_000_000_000
private let hour: Int64 = 3_600_000_000_000

/// Stretches of a range that no segment covers.
struct LogGapTests {
    /// Removes every sealed segment.
    private func retain(_ log: TestLog) throws {
        var request = RetentionRequest(limit: hour)
        request.now = Timestamp(nanoseconds: start + 100_000 * hour)
        request.isConfirmed = true
        _ = try LogMaintenance.open(at: log.path)
            .retain(request, bases: BaseBuilder(at: log.path, known: views.map { .mergeable($0) }).bases)
    }

    @Test func `offsets that no segment covers are damage to every fold and stop no retention`() async throws {
        let log = TestLog(seed: 613, segmentRows: 60)
        log.options.clock = tickingClock(from: start, by: hour)
        try await log.append(200)
        let active = try #require(try LogReader.open(at: log.path).segments().last { !$0.isSealed })
        let lost = active.firstOffset.value..<active.endOffset.value
        #expect(!lost.isEmpty)
        try RealDisk().remove(active.path)
        try await log.append(200)
        let reader = try LogReader.open(at: log.path)
        let end = try reader.durable().value
        #expect(try reader.segments().gaps(in: 0..<end) == [lost])
        #expect(try reader.segments().gaps(in: lost.lowerBound + 1..<lost.lowerBound + 2).map(\.count) == [1])
        for threads in 1...2 {
            let standing = try StandingViews.open(at: log.path, views: views, threads: threads)
            #expect(standing.damaged.map(\.offsets) == [lost] && standing.events == end - UInt64(lost.count))
            var options = ReplayOptions()
            options.threads = threads
            let replay = try Replay.run(at: log.path, views: views, options: options)
            #expect(replay.damaged.map(\.offsets) == [lost] && replay.events == standing.events)
            var damaged: [Range<UInt64>] = []
            _ = try ViewHistory.open(at: log.path).state(of: .volume) { damaged.append($0.offsets) }
            #expect(damaged == [lost])
        }
        let progress = try Projector.open(at: log.path, views: views).runHere()
        #expect(progress.gaps.map(\.offsets) == [lost])
        try retain(log)
        #expect(try reader.retained().value >= lost.upperBound)
    }

    @Test func `parts tile the range, and what retention removed meanwhile is not passed over`() async throws {
        let log = TestLog(seed: 614, segmentRows: 60)
        log.options.clock = tickingClock(from: start, by: hour)
        try await log.append(300)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let before = try LogReader.open(at: log.path).segments()
        try retain(log)
        let reader = try LogReader.open(at: log.path)
        let (segments, end) = (try reader.segments(), try reader.durable().value)
        #expect(segments[0].firstOffset.value > 0)
        for some in [before, segments, [], Array(before.dropFirst(2).dropLast())] {
            var next: UInt64 = 0
            for part in WantedPart.all(some, 0..<end, known: []) {
                #expect(part.range.lowerBound == next)
                next = part.range.upperBound
            }
            #expect(next == end)
        }
        // The bases were looked at before, the segments are looked at after.
        let error = #expect(throws: ViewError.self) {
            try ParallelFold.run(reader, FoldPlan([.volume]), 0..<end, threads: 2, known: segments)
        }
        #expect(error?.code == .expired)
    }

    /// Folds in order passed over such offsets without a word: `view hash sessions` said nothing and ended with 0.
    @Test func `a fold in order names the offsets that no segment covers, from a snapshot too`() async throws {
        let sessions = SessionDefinition("sessions")
        let log = TestLog(seed: 615, segmentRows: 60)
        try await log.append(200)
        let active = try #require(try LogReader.open(at: log.path).segments().last { !$0.isSealed })
        let lost = active.firstOffset.value..<active.endOffset.value
        try RealDisk().remove(active.path)
        for _ in 0..<3 { try await log.append(300) }
        let history = try ViewHistory.open(at: log.path)
        for _ in 0..<2 {
            var damaged: [Range<UInt64>] = []
            _ = try history.state(of: sessions) { damaged.append($0.offsets) }
            #expect(damaged == [lost])
        }
        #expect(try RealDisk().list(log.path + "/snapshots").count > 0)
        #expect(try Replay.run(at: log.path, all: [.sequential(sessions)]).damaged.map(\.offsets) == [lost])
        let progress = try Projector.open(at: log.path, all: [.sequential(sessions)]).runHere()
        #expect(progress.gaps.map(\.offsets) == [lost])
    }

    /// A snapshot holds what a segment said that is lost since: the log is what counts.
    @Test func `a snapshot of a segment that was lost since is passed over`() async throws {
        let sessions = SessionDefinition("sessions")
        let log = TestLog(seed: 616, segmentRows: 60)
        try await log.append(900)
        let history = try ViewHistory.open(at: log.path)
        _ = try history.state(of: sessions)
        #expect(try RealDisk().list(log.path + "/snapshots").count > 0)
        let reader = try LogReader.open(at: log.path)
        let segments = try reader.segments()
        let bases = try ViewBases(reader)
        let snapshots = Snapshots(at: log.path, disk: RealDisk())
        let end = try reader.durable()
        #expect(snapshots.newest(of: sessions, upTo: end, segments, from: bases.boundary) != nil)
        let without = segments.filter { $0.firstOffset.value != segments[1].firstOffset.value }
        #expect(snapshots.newest(of: sessions, upTo: end, without, from: bases.boundary) == nil)
    }

    /// A view claimed to be complete from R0 and missed what retention removed between two looks at the log.
    @Test func `bases of one moment and segments of the next are no answer but a second try`() async throws {
        let log = TestLog(seed: 617, segmentRows: 60)
        log.options.clock = tickingClock(from: start, by: hour)
        try await log.append(300)
        let sessions = SessionDefinition("sessions")
        let all = views.map { AnyView.mergeable($0) } + [.sequential(sessions)]
        _ = try Projector.open(at: log.path, all: all).runHere()
        let reader = try LogReader.open(at: log.path)
        let before = try ViewBases(reader)
        let end = try reader.durable()
        var request = RetentionRequest(limit: hour)
        request.now = Timestamp(nanoseconds: start + 100_000 * hour)
        request.isConfirmed = true
        _ = try LogMaintenance.open(at: log.path).retain(request, bases: BaseBuilder(at: log.path, known: all).bases)
        #expect(try ViewBases(reader).boundary > before.boundary)
        let error = #expect(throws: ViewError.self) {
            try SequentialFold.run(reader, [sessions], upTo: end, bases: before, SequentialChoices())
        }
        #expect(error?.code == .expired)
        let asked = RequestedCells(.volume, .day, 0...1 << 20)
        let cells = CellsAsOf(reader, .volume, asked, threads: 1, nil)
        #expect(throws: ViewError.self) { try cells.state(below: end, before) }
        #expect(throws: ViewError.self) { try ViewBases(reader).range(upTo: before.boundary) }
        let hash = try ViewHistory.open(at: log.path).hash(of: .sequential(sessions))
        #expect(try log.storedState(sessions).viewHash == hash)
    }
}
