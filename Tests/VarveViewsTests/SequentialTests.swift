import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let sessions = SessionDefinition("sessions", gapSeconds: 20, attributes: [.last("user"), .sum("number")])
private let endpoints = EntityDefinition(
    "components", key: ["component"],
    rules: [
        .opens("retry.attempt"), .closes("http.request", when: .exists(Field("flag"))),
        .updates("retry.success", status: .field("constant")),
    ],
    attributes: [.greatest("duration_ms")])
private let both: [AnyView] = [.sequential(sessions), .sequential(endpoints), .mergeable(.volume)]

private func options(_ events: UInt64, threads: Int = 2) -> ProjectorOptions {
    var options = ProjectorOptions()
    options.eventsPerCommit = events
    options.threads = threads
    options.commitNanoseconds = 0
    return options
}

extension TestLog {
    /// A sequential projection over the first `count` events, folded from the log in one go, without snapshots.
    func folded(_ projection: any SequentialProjection, _ count: Int? = nil) throws -> SequentialState {
        let history = try ViewHistory.open(at: path, usesCache: false)
        return try history.state(of: projection, asOf: .offset(Offset(UInt64(count ?? events.count))))
    }

    func storedState(_ projection: any SequentialProjection) throws -> SequentialState {
        try ViewStore.open(at: path).read { reader throws(ViewError) in try reader.state(of: projection) }
    }
}

struct SequentialTests {
    @Test(arguments: [UInt64(1), 2])
    func `a sequential view in any steps, over any restarts, has the bytes of one folded from scratch`(seed: UInt64) async throws
    {
        let log = TestLog(seed: seed * 300, segmentRows: 200)
        log.options.clock = tickingClock()
        var random = SeededRandom(seed: seed)
        for _ in 0..<4 {
            try await log.append(Int.random(in: 1...500, using: &random))
            let step = UInt64.random(in: 50...700, using: &random)
            let progress = try Projector.open(at: log.path, all: both, options: options(step)).runHere()
            #expect(progress.offset.value == UInt64(log.events.count))
            for projection in [sessions, endpoints] as [any SequentialProjection] {
                #expect(try log.storedState(projection).canonicalBytes() == log.folded(projection).canonicalBytes())
            }
            #expect(try log.stored([.volume]) == log.expected([.volume]).bytes)
        }
        let stored = try log.storedState(sessions)
        #expect(stored.entryCount > 20)
        let replay = try Replay.run(at: log.path, all: both)
        #expect(replay.hashes().map(\.view) == ["volume", "sessions", "components"])
        #expect(replay.hashes()[1].hash == stored.viewHash)
    }

    @Test func `a sequential view as of any offset is the same from snapshots and from scratch`() async throws {
        let log = TestLog(seed: 310, segmentRows: 60)
        log.options.clock = tickingClock()
        try await log.append(1_500)
        let history = try ViewHistory.open(at: log.path)
        _ = try history.state(of: sessions)
        let snapshots = try RealDisk().list(log.path + "/snapshots")
        #expect(snapshots.count > 2)
        var random = SeededRandom(seed: 4)
        for offset in [0, 1, 60, 240, 1_500] + (0..<8).map({ _ in Int.random(in: 0...1_500, using: &random) }) {
            let found = try history.state(of: sessions, asOf: .offset(Offset(UInt64(offset))))
            #expect(try found.canonicalBytes() == log.folded(sessions, offset).canonicalBytes(), "at \(offset)")
        }
    }

    @Test func `a damaged or foreign snapshot is as good as none`() async throws {
        let log = TestLog(seed: 311, segmentRows: 60)
        log.options.clock = tickingClock()
        try await log.append(900)
        let history = try ViewHistory.open(at: log.path)
        let hash = try history.state(of: sessions).viewHash
        let disk = RealDisk()
        for (index, name) in try disk.list(log.path + "/snapshots").enumerated() {
            let path = log.path + "/snapshots/" + name
            var bytes = try disk.openFile(path).readAll(limit: 1 << 24)
            switch index % 3 {
            case 0: bytes[bytes.count - 3] ^= 1
            case 1: bytes.removeLast(bytes.count / 2)
            default: bytes[36] ^= 1
            }
            try disk.replace(path, with: bytes)
        }
        #expect(try history.state(of: sessions).viewHash == hash)
    }

    @Test func `a proof of a sequential view holds, and a forged one names its segment`() async throws {
        let log = TestLog(seed: 312, segmentRows: 150)
        log.options.clock = tickingClock()
        try await log.append(600)
        let history = try ViewHistory.open(at: log.path)
        let proof = try Proof(json: history.prove(.sequential(sessions), asOf: .offset(Offset(500))).json)
        #expect(try proof.viewHash == "\(history.hash(of: .sequential(sessions), asOf: .offset(Offset(500))))")
        #expect(try history.verify(proof, of: .sequential(sessions)) == .holds)
        var forged = proof
        forged.segments[1].stateHash = forged.segments[0].stateHash
        guard case .differs(let place) = try history.verify(forged, of: .sequential(sessions)) else {
            Issue.record("a forged proof holds")
            return
        }
        #expect(place.contains("segment \(proof.segments[1].first) "))
    }

    @Test func `a commit of entries that fails leaves entries, cells and checkpoint of one moment`() async throws {
        let log = TestLog(seed: 313)
        log.options.clock = tickingClock()
        try await log.append(150)
        _ = try Projector.open(at: log.path, all: both, options: options(60, threads: 1)).runHere()
        try await log.append(100)
        struct Injected: Error {}
        for target in [0, 3, 17, 40] {
            let calls = Monitor(0)
            let projector = try Projector.open(at: log.path, name: "main", all: both, options: options(30, threads: 1)) { step in
                guard step == .cellWritten else { return }
                let count = calls.withLock { calls in
                    calls += 1
                    return calls
                }
                if count == target + 1 { throw Injected() }
            }
            _ = try? projector.runHere()
            let offset = try ViewStore.open(at: log.path).read { reader throws(ViewError) in try reader.checkpoint() }.offset
            #expect(try log.storedState(sessions).canonicalBytes() == log.folded(sessions, Int(offset.value)).canonicalBytes())
            #expect(try log.stored([.volume]) == log.expected([.volume], Int(offset.value)).bytes)
        }
        _ = try Projector.open(at: log.path, all: both).runHere()
        #expect(try log.storedState(sessions).canonicalBytes() == log.folded(sessions).canonicalBytes())
    }
}

struct PoisonTests {
    private static let picky = Picky(bad: [217, 300])
    private static let views: [AnyView] = [.sequential(picky), .mergeable(.volume)]

    @Test func `a poisoned event pauses the projector before it, and everybody can see that`() async throws {
        let log = TestLog(seed: 320)
        try await log.append(400)
        for _ in 0..<2 {
            let progress = try Projector.open(at: log.path, all: Self.views, options: options(100)).runHere()
            #expect(progress.offset.value == 217)
            #expect(progress.paused?.offset.value == 217)
            #expect(try log.stored([.volume]) == log.expected([.volume], 217).bytes)
            #expect(try ProjectorStatus.all(at: log.path).map(\.state) == [.paused])
            let rows = try ViewStore.open(at: log.path).read { reader throws(ViewError) in try reader.poison() }
            #expect(rows == [PoisonRow(view: "picky", offset: Offset(217), reason: "bad", isParked: false)])
        }
    }

    @Test func `one that comes while it moves pauses it as well, with all that came before committed`() async throws {
        let log = TestLog(seed: 321)
        try await log.append(150)
        #expect(try Projector.open(at: log.path, all: Self.views, options: options(40)).runHere().paused == nil)
        try await log.append(250)
        let progress = try Projector.open(at: log.path, all: Self.views, options: options(40)).runHere()
        #expect(progress.paused?.offset.value == 217)
        #expect(progress.offset.value == 217)
        #expect(try log.stored([.volume]) == log.expected([.volume], 217).bytes)
    }

    @Test func `parking leaves exactly those events out, counts them, and lets a paused projector go on`() async throws {
        let log = TestLog(seed: 322)
        try await log.append(400)
        _ = try Projector.open(at: log.path, all: Self.views, options: options(100)).runHere()
        var parking = options(100)
        parking.parksPoison = true
        let progress = try Projector.open(at: log.path, all: Self.views, options: parking).runHere()
        #expect(progress.offset.value == 400)
        #expect(progress.paused == nil)
        #expect(progress.parked == 2)
        let rows = try ViewStore.open(at: log.path).read { reader throws(ViewError) in try reader.poison() }
        #expect(rows.map(\.offset.value) == [217, 300])
        #expect(rows.map(\.isParked) == [true, true])
        #expect(try log.storedState(Self.picky).tally.parked == 2)
        #expect(try log.storedState(Self.picky).rows().first?["events"] == .int(398))
        #expect(try log.storedState(Self.picky).viewHash == log.folded(Self.picky).viewHash)
        #expect(try ProjectorStatus.all(at: log.path).map(\.state) == [.stopped])
    }

    @Test func `a view that cannot be built up to where the others are is refused, and changes nothing`() async throws {
        let log = TestLog(seed: 323)
        try await log.append(400)
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        #expect { try Projector.open(at: log.path, all: Self.views).runHere() } throws: {
            ($0 as? ViewError)?.code == .poisoned
        }
        #expect(try log.stored([.volume]) == log.expected([.volume]).bytes)
    }
}

/// Counts events, and cannot take those at some offsets.
private struct Picky: SequentialProjection {
    struct Entry: SequentialEntry {
        var events: Int64 = 0
        var isFinished: Bool { false }

        init() {}
        func encode(into writer: inout StateWriter) { writer.fixed(events) }
        init(from reader: inout StateReader) throws(StateError) { events = try reader.fixed(Int64.self) }
    }

    let bad: Set<UInt64>
    let name = "picky"
    let version = 1
    let signals = SignalFilter()
    let fields: [Field] = []
    let parameters: [UInt8] = []
    let tables = [SequentialTable("counts", ["events"])]

    func fold(_ event: SequentialEvent, into entries: inout SequentialEntries<Entry>) throws(PoisonedEvent) {
        if bad.contains(event.offset.value) { throw PoisonedEvent(view: name, offset: event.offset, reason: "bad") }
        entries.update([0]) { entry in
            var changed = entry ?? Entry()
            changed.events += 1
            entry = changed
        }
    }

    func span(of entry: Entry) -> (start: Timestamp, end: Timestamp?) { (Timestamp(nanoseconds: 0), nil) }
    func rows(of table: String, key: [UInt8], _ entry: Entry, newest: Timestamp) -> [[ViewValue]] { [[.int(entry.events)]] }
}

/// A clock that goes on by a millisecond whenever it is looked at.
func tickingClock(from start: Int64 = 1_800_000_000_000_000_000, by step: Int64 = 1_000_000) -> @Sendable () -> Timestamp {
    let now = Monitor(start)
    return {
        now.withLock { now in
            now += step
            return Timestamp(nanoseconds: now)
        }
    }
}
