import Testing
import VarveBatchFormat
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveHash
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

/// `crowded` has more keys than its budget keeps, the others have not.
private let views = Array(testViews.suffix(2)) + [.volume, .latency, .activeUsers]
private let start: Int64 = 1_800_000_000_000_000_000
private let hour: Int64 = 3_600_000_000_000

struct StandingTests {
    private enum Edit: CaseIterable {
        case append, damage, retain, compact, forgetStates, nothing
    }

    @Test(arguments: 1...4)
    func `after any edits of the log standing views are what a full replay gives`(seed: UInt64) async throws {
        let log = TestLog(seed: 600 + seed, segmentRows: 60)
        log.options.clock = tickingClock(from: start, by: hour)
        try await log.append(500)
        var random = SeededRandom(seed: seed)
        _ = try Projector.open(at: log.path, views: views).runHere()
        var standing = [false, true].compactMap {
            try? StandingViews.open(at: log.path, views: views, threads: $0 ? 2 : 1, usesCache: $0)
        }
        for step in 0..<8 {
            let edit = step < Edit.allCases.count ? Edit.allCases[step] : Edit.allCases.randomElement(using: &random) ?? .nothing
            try await make(edit, log, &random)
            let replay = try Replay.run(at: log.path, views: views)
            for index in standing.indices {
                let update = try standing[index].update()
                if edit == .compact || edit == .forgetStates || edit == .nothing {
                    #expect(update.folded == 0 && update.buckets == 0, "\(edit)")
                }
                #expect(standing[index].end == replay.upTo)
                #expect(standing[index].events == replay.events)
                for (view, completeFrom) in zip(views, standing[index].completeFrom) {
                    let bytes = try #require(standing[index].state(of: view)).canonicalBytes()
                    #expect(bytes == replay.states.state(of: view)?.canonicalBytes(), "\(view.name) after \(edit), step \(step)")
                    #expect(completeFrom == replay.completeFrom[view.name])
                }
            }
        }
    }

    private func make(_ edit: Edit, _ log: TestLog, _ random: inout SeededRandom) async throws {
        let segments = try LogReader.open(at: log.path).segments()
        switch edit {
        case .append: try await log.append(Int.random(in: 1...150, using: &random))
        case .damage:
            let sealed = segments.filter { $0.isSealed && $0.damaged.isEmpty }
            guard let segment = sealed.randomElement(using: &random) else { return }
            try hurt(segment)
            _ = try LogRepair.repair(at: log.path)
        case .retain:
            guard segments.count > 3, let newest = segments.last(where: \.isSealed)?.observed?.upperBound.nanoseconds,
                let limit = segments[1].observed?.upperBound.nanoseconds
            else { return }
            var request = RetentionRequest(limit: newest - limit)
            request.now = Timestamp(nanoseconds: newest + 1)
            request.isConfirmed = true
            _ = try LogMaintenance.open(at: log.path)
                .retain(request, bases: BaseBuilder(at: log.path, known: views.map { .mergeable($0) }).bases)
        case .compact:
            let maintenance = try LogMaintenance.open(at: log.path)
            _ = try maintenance.compact(maintenance.planCompaction())
        case .forgetStates: removeTree(log.path + "/states")
        case .nothing: break
        }
    }

    /// A byte in the middle of a segment's frames is another.
    private func hurt(_ segment: SegmentInfo) throws {
        let disk = RealDisk()
        var bytes = try disk.openFile(segment.path).readAll(limit: 1 << 24)
        bytes[bytes.count / 4] ^= 0x10
        try disk.replace(segment.path, with: bytes)
    }

    @Test func `of a hundred segments a damaged one alone is folded, and of the views its buckets are added up`() async throws {
        let log = TestLog(seed: 610, segmentRows: 12)
        log.options.clock = tickingClock(from: start, by: hour)
        while ((try? LogReader.open(at: log.path).segments().count(where: \.isSealed)) ?? 0) < 100 { try await log.append(200) }
        var standing = try StandingViews.open(at: log.path, views: [.volume])
        let segments = try LogReader.open(at: log.path).segments()
        let segment = segments[50]
        let own = try ParallelFold.run(
            LogReader.open(at: log.path), FoldPlan([.volume]), segment.firstOffset.value..<segment.endOffset.value, threads: 1)
        try hurt(segment)
        _ = try LogRepair.repair(at: log.path)
        let update = try standing.update()
        #expect(update.folded == 1)
        #expect(update.removed == 1)
        #expect(update.parts == segments.count)
        #expect(update.events < segment.rows)
        #expect(update.buckets == own.states.all[0].buckets.count)
        #expect(update.buckets < standing.state(of: .volume)?.buckets.count ?? 0)
        // A new process has the other ninety-nine from `states/`.
        var fresh = StandingViews(
            try LogReader.open(at: log.path), [.volume], threads: 2, cache: SegmentStates(at: log.path, disk: RealDisk()))
        let first = try fresh.update()
        #expect(first.cached == segments.filter(\.isSealed).count - 1)
        #expect(fresh.state(of: .volume)?.viewHash == standing.state(of: .volume)?.viewHash)
    }

    @Test func `a single segment is folded by several threads to the same bytes`() async throws {
        let log = TestLog(seed: 612, segmentRows: 400)
        try await log.append(1_300)
        let reader = try LogReader.open(at: log.path)
        let segments = try reader.segments()
        for segment in segments.prefix(2) {
            let whole = segment.firstOffset.value..<segment.endOffset.value
            for range in [whole, whole.lowerBound + 30..<whole.upperBound - 70] {
                let one = try ParallelFold.run(reader, FoldPlan(views), range, threads: 1)
                for threads in 2...3 {
                    let parts = FoldPart.parts([segment], range, threads: threads, least: 20) { _ in false }
                    #expect(parts.map(\.range.lowerBound) == [range.lowerBound] + parts.dropLast().map(\.range.upperBound))
                    #expect(parts.count >= threads && parts.last?.range.upperBound == range.upperBound)
                    let folded = try ParallelFold.run(
                        reader, FoldPlan(views), range, threads: threads, FoldChoices(rowsPerPart: 20), known: segments)
                    #expect(folded.states.bytes == one.states.bytes)
                    #expect(folded.events == one.events && folded.events == UInt64(range.count))
                }
            }
        }
    }

    @Test func `a range scanned in parts is read from the files that it holds, whatever retention removes`() async throws {
        let log = TestLog(seed: 613, segmentRows: 60)
        log.options.clock = tickingClock(from: start, by: hour)
        try await log.append(500)
        let cursor = LogCursor(try LogReader.open(at: log.path), select: .all, partOf: 0..<500)
        var random = SeededRandom(seed: 1)
        var offsets: [UInt64] = []
        let read = { (batch: EventBatch) in batch.forEachEvent { offset, _ in offsets.append(offset.value) } }
        try cursor.scan(0..<1, durable: Offset(500), read)
        try await make(.retain, log, &random)
        #expect(try LogReader.open(at: log.path).retained() > Offset(1))
        // A part has the frames that begin in it, whole.
        for end in [60, 500] as [UInt64] { try cursor.scan(UInt64(offsets.count)..<end, durable: Offset(500), read) }
        #expect(offsets == Array(0..<500))
    }

    @Test func `what is kept of a segment and is no state, although it fits its hash, is folded again`() async throws {
        let log = TestLog(seed: 611, segmentRows: 100)
        try await log.append(450)
        let wanted = try Replay.run(at: log.path, views: [.latency]).states.state(of: .latency)?.canonicalBytes()
        // Cells of one view under the name of another of the same buckets.
        let content = try #require(LogReader.open(at: log.path).segments().compactMap(\.contentHash).first)
        var foreign = ViewDefinition.latency
        foreign.measures = [.count("events"), .distinct("users", of: "user")]
        func plant() throws { try log.plant(log.expected([foreign]), of: content, as: .latency) }
        try plant()
        #expect(try StandingViews.open(at: log.path, views: [.latency]).state(of: .latency)?.canonicalBytes() == wanted)
        try plant()
        let history = try ViewHistory.open(at: log.path)
        #expect(try history.state(of: .latency).canonicalBytes() == wanted)
        try plant()
        let rows = try ViewHistory.open(at: log.path, usesCache: false).rows(of: .latency, ViewQuery(bucket: .day))
        #expect(try history.rows(of: .latency, ViewQuery(bucket: .day)) == rows)
    }
}

extension TestLog {
    /// Writes into `states/` what is not so: the states of other views under the name of `view`, with hashes that fit.
    func plant(_ states: ViewStates, of content: SHA256Digest, as view: ViewDefinition) throws {
        removeTree(path + "/states")
        SegmentStates(at: path, disk: RealDisk()).save(content, states)
        let file = path + "/states/\(content).states"
        var bytes = try RealDisk().openFile(file).readAll(limit: 1 << 24)
        let size = 16 + Int(bytes[8]) * 72
        for start in stride(from: 16, to: size, by: 72) {
            bytes.replaceSubrange(start..<(start + 32), with: view.fingerprint.bytes)
        }
        let hash = bytes.withUnsafeBytes { XXH3.hash64(UnsafeRawBufferPointer(rebasing: $0[..<size])) }
        withUnsafeBytes(of: hash.littleEndian) { bytes.replaceSubrange(size..<(size + 8), with: $0) }
        try RealDisk().replace(file, with: bytes)
    }
}

struct RequestedCellsTests {
    private static let day: Int64 = 24 * hour

    @Test func `by the day whole days are asked by the day, and the edges by the hour`() throws {
        func pieces(_ from: Int64?, _ to: Int64?, _ bucket: BucketLevel = .day) -> [RequestedCells.Piece]? {
            let (from, to) = (from.map { Timestamp(nanoseconds: $0 * hour) }, to.map { Timestamp(nanoseconds: $0 * hour) })
            return ViewDefinition.volume.cut(from: from, to: to).map { RequestedCells(.volume, bucket, $0.buckets).pieces }
        }
        #expect(pieces(nil, nil) == [.init(level: .day, buckets: .min ... .max)])
        #expect(pieces(nil, nil, .all) == [.init(level: .day, buckets: .min ... .max)])
        #expect(pieces(nil, nil, .hour) == [.init(level: .hour, buckets: .min ... .max)])
        #expect(pieces(48, 96) == [.init(level: .day, buckets: 2...3)])
        #expect(
            pieces(47, 98) == [
                .init(level: .hour, buckets: 47...47), .init(level: .day, buckets: 2...3), .init(level: .hour, buckets: 96...97),
            ])
        #expect(pieces(49, 71) == [.init(level: .hour, buckets: 49...70)])
        #expect(pieces(-30, -20) == [.init(level: .hour, buckets: -30 ... -21)])
        #expect(
            pieces(-30, 1) == [
                .init(level: .hour, buckets: -30 ... -25), .init(level: .day, buckets: -1 ... -1),
                .init(level: .hour, buckets: 0...0),
            ])
        #expect(pieces(50, 50) == nil)
    }

    @Test func `rows of the past are those of a fold, at any bucket and between any times`() async throws {
        let log = TestLog(seed: 620, segmentRows: 90)
        try await log.append(900)
        let all: [ViewDefinition] = [.volume, .latency, .activeUsers]
        var random = SeededRandom(seed: 5)
        let times = log.events.map(\.time.nanoseconds)
        let (first, last) = (times.min() ?? 0, times.max() ?? 0)
        for turn in 0..<60 {
            let view = all[turn % 3]
            let offset = Int.random(in: 0...900, using: &random)
            var query = ViewQuery(bucket: [.hour, .day, .all].randomElement(using: &random) ?? .day)
            if query.bucket < view.permanentLevel { query.bucket = .day }
            if Bool.random(using: &random) { query.from = Timestamp(nanoseconds: Int64.random(in: first...last, using: &random)) }
            if Bool.random(using: &random) { query.to = Timestamp(nanoseconds: Int64.random(in: first...last, using: &random)) }
            let history = try ViewHistory.open(at: log.path, threads: turn % 2 + 1, usesCache: turn % 5 > 0)
            let found = try history.rows(of: view, query, asOf: .offset(Offset(UInt64(offset))))
            let states = log.expected([view], offset, from: query.from, to: query.to)
            let expected = try #require(states.state(of: view)).table(query).rows
            #expect(found == expected, "\(view.name) at \(offset): \(query)")
        }
    }

    @Test func `once kept, whole segments are not folded again, and the cut one is`() async throws {
        let log = TestLog(seed: 621, segmentRows: 90)
        try await log.append(900)
        let reader = try LogReader.open(at: log.path)
        let asked = RequestedCells(.latency, .day, .min ... .max)
        let cells = CellsAsOf(reader, .latency, asked, threads: 2, SegmentStates(at: log.path, disk: RealDisk()))
        #expect(try cells.state(below: Offset(600), ViewBases(reader)).segments == 0)
        let whole = try reader.segments().count { $0.isSealed && $0.endOffset.value <= 600 }
        let again = try cells.state(below: Offset(600), ViewBases(reader))
        #expect(again.segments == whole)
        #expect(again.folded <= 1)
    }
}
