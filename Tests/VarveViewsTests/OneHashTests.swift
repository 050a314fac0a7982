import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveHash
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let sessions = SessionDefinition("sessions", gapSeconds: 20)
private let views: [AnyView] = [.mergeable(.volume), .mergeable(.latency), .mergeable(.activeUsers), .sequential(sessions)]

private func hashes(_ log: TestLog, threads: Int, cache: Bool) throws -> [String] {
    let history = try ViewHistory.open(at: log.path, threads: threads, usesCache: cache)
    return try views.map { "\(try history.hash(of: $0))" }
}

struct OneHashTests {
    @Test func `a view has one hash: threads, cache, restarts, deleted derived data and compaction do not show`() async throws {
        let log = TestLog(seed: 500, segmentRows: 120)
        log.options.clock = tickingClock()
        for _ in 0..<3 { try await log.append(300) }
        let wanted = try hashes(log, threads: 1, cache: false)
        for threads in [1, 2] {
            for cache in [false, true, true] { #expect(try hashes(log, threads: threads, cache: cache) == wanted) }
        }
        var options = ProjectorOptions()
        options.eventsPerCommit = 111
        _ = try Projector.open(at: log.path, all: views, options: options).runHere()
        let store = try ViewStore.open(at: log.path)
        let stored = try store.read { reader throws(ViewError) in
            [
                try reader.hash(of: .volume), try reader.hash(of: .latency), try reader.hash(of: .activeUsers),
                try reader.state(of: sessions).viewHash,
            ]
        }
        #expect(stored.map { "\($0)" } == wanted)
        let maintenance = try LogMaintenance.open(at: log.path)
        _ = try maintenance.compact(maintenance.planCompaction())
        for cache in [true, false] { #expect(try hashes(log, threads: 2, cache: cache) == wanted) }
        for folder in ["states", "snapshots", "views"] { removeTree(log.path + "/" + folder) }
        #expect(try hashes(log, threads: 2, cache: true) == wanted)
    }

    @Test func `the order in which segments are merged does not show`() async throws {
        let log = TestLog(seed: 501, segmentRows: 60)
        try await log.append(900)
        let reader = try LogReader.open(at: log.path)
        let plan = FoldPlan([.volume, .latency])
        var random = SeededRandom(seed: 12)
        let parts = try reader.segments().map { segment in
            try ParallelFold.run(reader, plan, segment.firstOffset.value..<segment.endOffset.value, threads: 1).states
        }
        let wanted = log.expected([.volume, .latency]).bytes
        for _ in 0..<10 {
            var merged = ViewStates(plan)
            for part in parts.shuffled(using: &random) { merged.merge(part) }
            #expect(merged.bytes == wanted)
        }
    }

    @Test func `as of 200 random offsets a view is what a fresh replay of a log cut there gives`() async throws {
        let log = TestLog(seed: 502, segmentRows: 50)
        log.options.clock = tickingClock()
        try await log.append(600)
        let history = try ViewHistory.open(at: log.path)
        var random = SeededRandom(seed: 13)
        let offsets = (0..<200).map { _ in Int.random(in: 0...600, using: &random) }.sorted()
        var fresh = ViewStates(FoldPlan([.volume]))
        var done = 0
        for offset in offsets {
            if offset > done {
                var builder = BatchBuilder()
                for event in log.events[done..<offset] { builder.append(event) }
                var batch = builder.finish()
                batch.firstOffset = Offset(UInt64(done))
                fresh.fold(batch)
                done = offset
            }
            let found = try history.state(of: .volume, asOf: .offset(Offset(UInt64(offset))))
            #expect(found.canonicalBytes() == fresh.bytes["volume"], "at \(offset)")
        }
    }
}

struct RebuildTests {
    /// Segments that a fold of everything reads, and those it takes from the cache.
    private func work(_ log: TestLog, _ path: String? = nil) throws -> (read: Int, cached: Int, hash: SHA256Digest) {
        let reader = try LogReader.open(at: path ?? log.path)
        let sealed = try reader.segments().filter(\.isSealed)
        let range = try reader.retained().value..<(sealed.last?.endOffset.value ?? 0)
        let folded = try ParallelFold.run(
            reader, FoldPlan([.volume]), range, threads: 2,
            FoldChoices(cache: SegmentStates(at: path ?? log.path, disk: RealDisk())))
        let hash = folded.states.all[0].viewHash
        return (folded.segments - folded.cached, folded.cached, hash)
    }

    private func longLog() async throws -> TestLog {
        let log = TestLog(seed: 510, segmentRows: 20)
        log.options.clock = tickingClock(by: 60_000_000_000)
        while try await count(log) < 100 { try await log.append(200) }
        return log
    }

    private func count(_ log: TestLog) async throws -> Int {
        (try? LogReader.open(at: log.path).segments().filter(\.isSealed).count) ?? 0
    }

    @Test func `compacting a segment has none read again, and what is gone or lost has just that read`() async throws {
        let log = try await longLog()
        let before = try work(log)
        let total = before.read
        #expect(total >= 100)
        #expect(before.cached == 0)
        #expect(try work(log).read == 0)
        let maintenance = try LogMaintenance.open(at: log.path)
        _ = try maintenance.compact(maintenance.planCompaction())
        let compacted = try work(log)
        #expect(compacted.read == 0)
        #expect(compacted.hash == before.hash)
        // The states of one segment are lost: it alone is read.
        let names = try RealDisk().list(log.path + "/states").sorted()
        try RealDisk().remove(log.path + "/states/" + names[37])
        let one = try work(log)
        #expect(one.read == 1)
        #expect(one.hash == before.hash)
    }

    @Test func `when one segment of a hundred is damaged, it alone is read again`() async throws {
        let log = try await longLog()
        let before = try work(log)
        let segment = try LogReader.open(at: log.path).segments()[50]
        let disk = RealDisk()
        var bytes = try disk.openFile(segment.path).readAll(limit: 1 << 24)
        bytes[bytes.count / 2] ^= 0x10
        try disk.replace(segment.path, with: bytes)
        // What was kept of it is right, and is used; without it the segment is read, and says what it lacks.
        #expect(try work(log).hash == before.hash)
        try disk.remove(log.path + "/states/\(try #require(segment.contentHash)).states")
        let after = try work(log)
        #expect(after.read == 1)
        #expect(after.cached == before.read - 1)
    }

    @Test func `when segments expire none is read again`() async throws {
        let log = try await longLog()
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        _ = try work(log)
        let sealed = try LogReader.open(at: log.path).segments().filter(\.isSealed)
        let newest = try #require(sealed.last?.observed?.upperBound.nanoseconds)
        var request = RetentionRequest(limit: newest - (try #require(sealed[1].observed?.upperBound.nanoseconds)))
        request.now = Timestamp(nanoseconds: newest + 1)
        request.isConfirmed = true
        let plan = try LogMaintenance.open(at: log.path)
            .retain(request, bases: BaseBuilder(at: log.path, known: [.mergeable(.volume)]).bases)
        #expect(plan.removed.count >= 1)
        let after = try work(log)
        #expect(after.read == 0)
        #expect(after.cached == sealed.count - plan.removed.count)
    }
}

struct CatalogViewsTests {
    @Test func `every view of the catalog answers at its usual bucket, and every finer one is refused by name`() throws {
        let log = ViewStates(FoldPlan(ViewDefinition.catalog))
        for view in ViewDefinition.catalog {
            let state = try #require(log.state(of: view))
            #expect(try state.rows(ViewQuery(bucket: max(.hour, view.permanentLevel))).isEmpty)
            if view.permanentLevel > .hour {
                #expect(throws: QueryError.self) { try state.rows(ViewQuery(bucket: .hour)) }
            }
        }
    }
}
