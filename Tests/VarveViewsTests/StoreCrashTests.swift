import GRDB
import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveHash
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

private let views: [AnyView] = [
    .mergeable(.volume), .mergeable(.latency), .sequential(SessionDefinition("sessions")),
]

/// A projector on a disk whose power goes: SQLite's files, the registry and the log lose what was not synced.
struct StoreCrashTests {
    /// `VARVE_STORE_CRASHES` sets how many states are looked at.
    @Test func `whatever a power cut leaves, a store fits its checkpoint and the registry never leads`() throws {
        var run = StoreCrashRun(seed: UInt64(Self.number("VARVE_TORTURE_SEED", 1)))
        let wanted = Self.number("VARVE_STORE_CRASHES", 100)
        while run.states < wanted, run.failures.count < 10 { run.life() }
        print("store crashes: \(run.states) states, \(run.witnesses.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        #expect(run.failures.isEmpty, "\(run.failures.prefix(5))")
        for name in ["cut", "killed", "told", "behind the log", "wal played back"] {
            #expect(run.witnesses[name, default: 0] > 0, "never seen: \(name)")
        }
    }

    /// A simulation that finds nothing when a sync is left out would find nothing at all.
    @Test func `a registry that is told before the commits are on disk is found out`() throws {
        var run = StoreCrashRun(seed: 7)
        run.syncsBeforeAnnouncing = false
        while run.states < 400, run.failures.isEmpty { run.life() }
        #expect(run.failures.contains { $0.contains("registry") }, "\(run.failures)")
    }

    private static func number(_ name: String, _ short: Int) -> Int {
        getenv(name).map { String(cString: $0) }.flatMap { Int($0) } ?? short
    }
}

/// Lives of a projector, one after the other, each ended by a power cut, a kill or by itself.
struct StoreCrashRun {
    private var random: SeededRandom
    private(set) var states = 0
    private(set) var witnesses: [String: Int] = [:]
    private(set) var failures: [String] = []
    var syncsBeforeAnnouncing = true
    private var events: [Event] = []
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
    }

    private mutating func witness(_ name: String) { witnesses[name, default: 0] += 1 }

    private mutating func fail(_ what: String) { failures.append("state \(states) of seed \(seed): \(what)") }

    /// One log and its projector, over several crashes.
    mutating func life() {
        let root = "/simulated-\(seed)-\(states)"
        let data = root + "/data"
        var disk = SimulatedDisk()
        events = []
        defer { SimulatedSQLite.unmount(root) }
        SimulatedSQLite.mount(disk, at: root)
        do {
            try disk.makeDirectory(root)
            for _ in 0..<8 {
                try append(Int.random(in: 1...120, using: &random), disk, data)
                disk = project(disk, data)
                SimulatedSQLite.mount(disk, at: root)
                states += 1
                try check(disk, data)
            }
            // The watermark lags after a power cut, until the log is opened for writing.
            try append(1, disk, data)
            _ = try run(disk, data, .init())
            let isRight = try stored(disk, data) == expected(events.count)
            if !isRight { fail("the views differ from a fold of the log at the end") }
        } catch {
            fail("\(error)")
            states += 1
        }
    }

    private mutating func append(_ count: Int, _ disk: SimulatedDisk, _ data: String) throws {
        var options = LogOptions()
        options.segmentRows = 200
        let log = try StepwiseLog(at: data, disk: disk, options: options)
        let made = randomEvents(count: count, seed: random.next(), ids: false)
        var builder = BatchBuilder()
        for event in made { builder.append(event) }
        _ = try log.append([builder.finish()])
        events += made
    }

    private func run(_ disk: SimulatedDisk, _ data: String, _ options: ProjectorOptions) throws -> ProjectorProgress {
        let projector = try Projector.open(at: data, name: "main", all: views, options: options, disk: disk, onStep: nil)
        return try projector.runHere()
    }

    /// Runs the projector until it is done or its power goes; returns the disk that the next process finds.
    private mutating func project(_ disk: SimulatedDisk, _ data: String) -> SimulatedDisk {
        var options = ProjectorOptions()
        options.threads = 1
        options.usesCache = random.chance(1, in: 2)
        options.eventsPerCommit = UInt64.random(in: 5...80, using: &random)
        (options.commitNanoseconds, options.registryNanoseconds) = (0, 0)
        options.syncsBeforeAnnouncing = syncsBeforeAnnouncing
        let isKill = random.chance(1, in: 4)
        let operations = disk.operationCount + Int.random(in: 1...120, using: &random)
        disk.plan([operations: .powerCut])
        do {
            _ = try run(disk, data, options)
        } catch {
            if !disk.isOff { fail("a projector with power ended with \(error)") }
        }
        witness(isKill ? "killed" : disk.isOff ? "cut" : "ended by itself")
        return isKill ? disk.kill() : disk.crash(seed: random.next())
    }

    /// What must be true before anybody mends anything.
    private mutating func check(_ disk: SimulatedDisk, _ data: String) throws {
        let told = try Registry(at: data, disk: disk).projectors().first?.offset.value ?? 0
        if told > 0 { witness("told") }
        if (disk.contents(data + "/views/main.sqlite-wal") ?? []).count > 32 { witness("wal played back") }
        let store: ViewStore
        do throws(ViewError) {
            store = try ViewStore.open(at: data, projector: "main", disk: disk)
        } catch {
            if error.code != .noStore { fail("the store is \(error)") }
            if told > 0 { fail("the registry says \(told), and there is no store") }
            return witness("no store yet")
        }
        let checkpoint = try store.read { reader throws(ViewError) in try reader.checkpoint().offset.value }
        if checkpoint < told { fail("the registry says \(told), the store is at \(checkpoint)") }
        if checkpoint < UInt64(events.count) { witness("behind the log") }
        guard checkpoint <= UInt64(events.count) else { return fail("the store is at \(checkpoint) of \(events.count)") }
        let kept = try store.read { reader throws(ViewError) in try reader.views() }
        guard kept.count == views.count else {
            if !kept.isEmpty { fail("\(kept.count) of the views") }
            return
        }
        if try stored(disk, data) != expected(Int(checkpoint)) { fail("the cells are not those of offset \(checkpoint)") }
        let shown = try rows(store)
        if shown != Int64(checkpoint) { fail("the rows count \(shown) of \(checkpoint) events") }
    }

    /// The events that the plain rows of `volume` count.
    private func rows(_ store: ViewStore) throws -> Int64 {
        let queue = try DatabaseQueue(path: store.path, configuration: StoreSchema.configuration(readonly: true))
        return try queue.read { db in
            let found = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
            guard found == "ok" else { throw ViewError(.damaged, found ?? "") }
            return try Int64.fetchOne(db, sql: "SELECT coalesce(sum(events), 0) FROM volume_day") ?? -1
        }
    }

    private func stored(_ disk: SimulatedDisk, _ data: String) throws -> [[UInt8]] {
        try ViewStore.open(at: data, projector: "main", disk: disk).read { reader throws(ViewError) in
            var bytes: [[UInt8]] = []
            for view in views {
                switch view {
                case .mergeable(let view): bytes.append(try reader.state(of: view).canonicalBytes())
                case .sequential(let view): bytes.append(Array(try reader.state(of: view).viewHash.bytes))
                }
            }
            return bytes
        }
    }

    /// The same of the first `count` events, folded here.
    private func expected(_ count: Int) throws -> [[UInt8]] {
        var builder = BatchBuilder()
        for event in events.prefix(count) { builder.append(event) }
        var batch = builder.finish()
        batch.firstOffset = Offset(0)
        return try views.map { view in
            switch view {
            case .mergeable(let view):
                var states = ViewStates(FoldPlan([view]))
                states.fold(batch)
                return states.state(of: view)?.canonicalBytes() ?? []
            case .sequential(let view):
                var state = SequentialState(view)
                try state.fold(batch)
                return Array(state.viewHash.bytes)
            }
        }
    }
}
