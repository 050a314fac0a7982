import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveHash
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let views = Array(testViews.suffix(2)) + [.volume, .latency]

struct HistoryTests {
    @Test(arguments: [1, 2])
    func `a view as of any offset is what a log cut there gives, with and without cache`(threads: Int) async throws {
        let log = TestLog(seed: 40, segmentRows: 150)
        try await log.append(800)
        var random = SeededRandom(seed: 3)
        let histories = [false, true, true].map { try? ViewHistory.open(at: log.path, threads: threads, usesCache: $0) }
        for offset in [0, 1, 150, 800] + (0..<6).map({ _ in Int.random(in: 0...800, using: &random) }) {
            let expected = log.expected(views, offset)
            for history in histories.compactMap({ $0 }) {
                for view in views {
                    let state = try history.state(of: view, asOf: .offset(Offset(UInt64(offset))))
                    #expect(state.canonicalBytes() == expected.bytes[view.name], "\(view.name) at \(offset)")
                }
            }
        }
        let files = try RealDisk().list(log.path + "/states")
        #expect(files.count == (try LogReader.open(at: log.path).segments().filter(\.isSealed).count))
    }

    @Test func `a replay takes what is kept of whole segments, keeps nothing itself, and gives the same hashes`() async throws {
        let log = TestLog(seed: 47, segmentRows: 150)
        try await log.append(800)
        var options = ReplayOptions()
        options.usesCache = true
        let folded = try Replay.run(at: log.path, views: [.volume], options: options)
        #expect(folded.cached == 0)
        #expect(try RealDisk().kind(log.path + "/states") == nil)
        _ = try ViewHistory.open(at: log.path).hash(of: .volume)
        let taken = try Replay.run(at: log.path, views: [.volume], options: options)
        #expect(taken.cached == (try LogReader.open(at: log.path).segments().filter(\.isSealed).count))
        #expect(taken.cached > 0)
        #expect(taken.events == 800)
        #expect(taken.hashes().map(\.hash) == folded.hashes().map(\.hash))
        #expect(try Replay.run(at: log.path, views: [.volume]).cached == 0)
    }

    @Test func `rows of the past are those of a store that stood there`() async throws {
        let log = TestLog(seed: 41, segmentRows: 150)
        try await log.append(400)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let query = ViewQuery(bucket: .hour, by: ["signal"])
        let then = try ViewStore.open(at: log.path).read { reader throws(ViewError) in try reader.rows(of: .volume, query) }
        try await log.append(400)
        let history = try ViewHistory.open(at: log.path)
        #expect(try history.rows(of: .volume, query, asOf: .offset(Offset(400))) == then)
        #expect(try history.rows(of: .volume, query) != then)
        let narrow = ViewQuery(bucket: .hour, by: ["signal"], from: then.last?.time)
        #expect(try history.rows(of: .volume, narrow, asOf: .offset(Offset(400))) == then.filter { $0.time == then.last?.time })
        let minutes = try history.rows(of: .volume, ViewQuery(bucket: .minute, by: []))
        let total = minutes.reduce(0) { $0 + ($1["events"]?.number ?? 0) }
        #expect(total == 800)
    }

    @Test func `a damaged or foreign cache file is as good as none`() async throws {
        let log = TestLog(seed: 42, segmentRows: 150)
        try await log.append(600)
        let history = try ViewHistory.open(at: log.path)
        let hash = try history.hash(of: .volume)
        let disk = RealDisk()
        for (index, name) in try disk.list(log.path + "/states").enumerated() {
            let path = log.path + "/states/" + name
            var bytes = try disk.openFile(path).readAll(limit: 1 << 24)
            switch index % 3 {
            case 0: bytes[bytes.count - 3] ^= 1
            case 1: bytes.removeLast(bytes.count / 2)
            default: bytes[20] ^= 1
            }
            try disk.replace(path, with: bytes)
        }
        #expect(try history.hash(of: .volume) == hash)
        #expect(try ViewHistory.open(at: log.path, usesCache: false).hash(of: .volume) == hash)
        removeTree(log.path + "/states")
        #expect(try history.hash(of: .volume) == hash)
    }

    @Test func `a prefix by append time ends after the last event appended by then`() async throws {
        let log = TestLog(seed: 43, segmentRows: 100)
        log.options.clock = steppingClock()
        try await log.append(350)
        let history = try ViewHistory.open(at: log.path)
        var stamps: [Int64] = []
        try LogReader.open(at: log.path).scan(0..<350) { stamps += $0.observed }
        for position in [0, 1, 99, 100, 200, 349] {
            let time = stamps[position]
            let expected = stamps.lastIndex { $0 <= time }.map { $0 + 1 }
            #expect(try history.offset(.time(Timestamp(nanoseconds: time))).value == UInt64(expected ?? 0))
            let before = stamps.firstIndex { $0 >= time } ?? 0
            #expect(try history.offset(.time(Timestamp(nanoseconds: time - 1))).value == UInt64(before))
        }
    }

    @Test func `offsets past the watermark are refused`() async throws {
        let log = TestLog(seed: 44)
        try await log.append(10)
        let history = try ViewHistory.open(at: log.path)
        #expect {
            try history.hash(of: .volume, asOf: .offset(Offset(11)))
        } throws: { ($0 as? ViewError)?.code == .notDurableYet }
    }

    @Test func `a proof holds for the log it is of, later too, and names what differs in another`() async throws {
        let log = TestLog(seed: 45, segmentRows: 150)
        try await log.append(500)
        let history = try ViewHistory.open(at: log.path)
        let proof = try Proof(json: history.prove(.volume, asOf: .offset(Offset(460))).json)
        #expect(try proof.viewHash == "\(history.hash(of: .volume, asOf: .offset(Offset(460))))")
        #expect(try history.verify(proof, of: .volume) == .holds)
        try await log.append(300)
        #expect(try ViewHistory.open(at: log.path).verify(proof, of: .volume) == .holds)
        let other = TestLog(seed: 46, segmentRows: 150)
        try await other.append(500)
        let finding = try ViewHistory.open(at: other.path).verify(proof, of: .volume)
        #expect(finding != .holds)
        var forged = proof
        forged.segments[1].stateHash = forged.segments[0].stateHash
        guard case .differs(let place) = try history.verify(forged, of: .volume) else {
            Issue.record("a forged proof holds")
            return
        }
        #expect(place.contains("segment \(proof.segments[1].first) "))
        #expect(throws: ViewError.self) { try Proof(json: "{}") }
    }
}

private func steppingClock() -> @Sendable () -> Timestamp {
    let now = Monitor(Int64(1_700_000_000_000_000_000))
    return {
        now.withLock { now in
            now += 1_000_000
            return Timestamp(nanoseconds: now)
        }
    }
}
