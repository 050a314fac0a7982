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
private let views = testViews
private let all: [AnyView] = views.map { .mergeable($0) } + [.sequential(sessions)]

private let start: Int64 = 1_800_000_000_000_000_000
private let hour: Int64 = 3_600_000_000_000

/// A log of about 900 events in segments of about 100, appended an hour after each other.
private func makeLog(seed: UInt64) async throws -> TestLog {
    let log = TestLog(seed: seed, segmentRows: 100)
    log.options.clock = tickingClock(from: start, by: hour)
    try await log.append(900)
    return log
}

/// Removes about the first third of the log, with bases for `known`.
@discardableResult
private func retain(_ log: TestLog, known: [AnyView] = all, share: Double = 1 / 3.0) throws -> RetentionPlan {
    let segments = try LogReader.open(at: log.path).segments().filter(\.isSealed)
    let last = segments[Int(Double(segments.count) * share)]
    let newest = segments.last?.observed?.upperBound.nanoseconds ?? 0
    var request = RetentionRequest(limit: newest - (last.observed?.upperBound.nanoseconds ?? 0))
    request.now = Timestamp(nanoseconds: newest + 1)
    request.isConfirmed = true
    return try LogMaintenance.open(at: log.path).retain(request, bases: BaseBuilder(at: log.path, known: known).bases)
}

struct BaseTests {
    @Test func `after retention every view keeps its history, and its hashes are those computed before`() async throws {
        let log = try await makeLog(seed: 400)
        _ = try Projector.open(at: log.path, all: all).runHere()
        let before = try Replay.run(at: log.path, all: all).hashes().map { "\($0.view) \($0.hash)" }
        let history = try ViewHistory.open(at: log.path)
        let query = ViewQuery(bucket: .day)
        let rows = try history.rows(of: .volume, query)
        for _ in 0..<2 {
            let plan = try retain(log)
            #expect(plan.events > 100)
            #expect(try LogReader.open(at: log.path).retained().value == plan.retained)
            #expect(try Replay.run(at: log.path, all: all).hashes().map { "\($0.view) \($0.hash)" } == before)
            for view in views { #expect(try history.state(of: view).canonicalBytes() == log.expected(views).bytes[view.name]) }
            #expect(try history.rows(of: .volume, query) == rows)
            #expect(try history.completeFrom(.mergeable(.volume)).value == 0)
        }
        // A store that was deleted comes back from bases and what is left.
        removeTree(log.path + "/views")
        removeTree(log.path + "/states")
        removeTree(log.path + "/snapshots")
        _ = try Projector.open(at: log.path, all: all).runHere()
        #expect(try log.stored(views) == log.expected(views).bytes)
        let stored = try ViewStore.open(at: log.path).read { reader throws(ViewError) in try reader.views() }
        #expect(stored.allSatisfy { $0.completeFrom.value == 0 })
        #expect(try log.storedState(sessions).viewHash == Replay.run(at: log.path, all: all).sequential[0].viewHash)
    }

    @Test func `a view without a base is complete from R and says so, and prefixes below R have expired`() async throws {
        let log = try await makeLog(seed: 401)
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        let plan = try retain(log)
        _ = try Projector.open(at: log.path, views: [.volume, .latency]).runHere()
        let stored = try ViewStore.open(at: log.path).read { reader throws(ViewError) in try reader.views() }
        #expect(stored.map(\.name) == ["latency", "volume"])
        #expect(stored.map(\.completeFrom.value) == [plan.retained, 0])
        let history = try ViewHistory.open(at: log.path)
        #expect(try history.completeFrom(.mergeable(.latency)).value == plan.retained)
        #expect { try history.state(of: .volume, asOf: .offset(Offset(plan.retained - 1))) } throws: {
            ($0 as? ViewError)?.code == .expired
        }
        // As of R itself a view is its base.
        let atBoundary = try history.state(of: .volume, asOf: .offset(Offset(plan.retained)))
        #expect(atBoundary.canonicalBytes() == log.expected([.volume], Int(plan.retained)).bytes["volume"])
    }

    @Test func `a proof made before retention holds after it, its expired part attested`() async throws {
        let log = try await makeLog(seed: 402)
        _ = try Projector.open(at: log.path, all: all).runHere()
        let history = try ViewHistory.open(at: log.path)
        let proofs = try [history.prove(.mergeable(.volume)), history.prove(.sequential(sessions))]
        let plan = try retain(log)
        for (proof, view) in zip(proofs, [.mergeable(.volume), .sequential(sessions)] as [AnyView]) {
            #expect(try history.verify(proof, of: view) == .attested(below: plan.retained))
            let fresh = try history.prove(view)
            #expect(fresh.base != nil)
            #expect(try history.verify(fresh, of: view) == .holds)
            var forged = fresh
            forged.base = proof.viewHash
            guard case .differs(let place) = try history.verify(forged, of: view) else {
                Issue.record("a proof with another base holds")
                continue
            }
            #expect(place.contains("base"))
        }
    }

    @Test func `retention refuses while it does not know the definition of a view that is kept`() async throws {
        let log = try await makeLog(seed: 403)
        _ = try Projector.open(at: log.path, views: [.volume, .latency]).runHere()
        #expect { try retain(log, known: [.mergeable(.volume)]) } throws: { ($0 as? LogError)?.code == .refused }
        #expect(try LogReader.open(at: log.path).retained().value == 0)
        try retain(log, known: [.mergeable(.volume), .mergeable(.latency)])
        #expect(try LogReader.open(at: log.path).retained().value > 0)
    }

    @Test func `bases are folded from the log, whatever the cache says of its segments`() async throws {
        let log = try await makeLog(seed: 405)
        _ = try Projector.open(at: log.path, views: views).runHere()
        // States of other events, whole and with hashes that fit, under the names of this log's segments.
        let other = try await makeLog(seed: 406)
        let cache = SegmentStates(at: log.path, disk: RealDisk())
        removeTree(log.path + "/states")
        for segment in try LogReader.open(at: log.path).segments() {
            guard let content = segment.contentHash else { continue }
            cache.save(content, other.expected(views, 100))
        }
        let lie = try ViewHistory.open(at: log.path).state(of: .volume).canonicalBytes()
        #expect(lie != log.expected([.volume]).bytes["volume"], "what was planted is not even looked at by those who may")
        let plan = try retain(log, known: views.map { .mergeable($0) })
        #expect(plan.events > 100)
        let bases = try ViewBases(LogReader.open(at: log.path))
        let expected = log.expected(views, Int(plan.retained))
        for view in views {
            #expect(try bases.state(of: view).state.canonicalBytes() == expected.bytes[view.name], "\(view.name)")
        }
    }

    @Test func `a new version continues an old one of the same form, and no other`() async throws {
        let log = try await makeLog(seed: 404)
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        let whole = try ViewHistory.open(at: log.path).rows(of: .volume, ViewQuery(bucket: .day))
        try retain(log)
        var next = ViewDefinition.volume
        next.version = 2
        #expect(try ViewHistory.open(at: log.path).rows(of: next, ViewQuery(bucket: .day)) != whole)
        next.continues = 1
        #expect(try ViewHistory.open(at: log.path).rows(of: next, ViewQuery(bucket: .day)) == whole)
        _ = try Projector.open(at: log.path, views: [.volume, next]).runHere()
        // Its own base is written with the next retention, and the old version is no longer needed.
        try retain(log, known: all + [.mergeable(next)])
        #expect(try ViewHistory.open(at: log.path).rows(of: next, ViewQuery(bucket: .day)) == whole)
        next.dimensions = []
        #expect { try ViewHistory.open(at: log.path).state(of: next) } throws: { ($0 as? ViewError)?.code == .badQuery }
    }

    @Test func `damaged base bytes are refused, and never trap`() throws {
        let view = ViewDefinition.volume
        let base = BaseBytes(ViewState(view), at: Offset(7), completeFrom: Offset(0))
        #expect(try BaseBytes(base.bytes) == base)
        for length in 0..<(base.bytes.count - base.state.count) {
            #expect(throws: StateError.self) { try BaseBytes(Array(base.bytes[..<length])) }
        }
    }
}

struct VersionTests {
    @Test func `versions stand side by side, and promoting one or going back changes only what readers see`() async throws {
        let log = TestLog(seed: 410)
        try await log.append(300)
        var next = ViewDefinition.volume
        next.version = 2
        next.dimensions = []
        let pointers = try CurrentVersions(at: log.path)
        func shown() throws -> Int? {
            let stored = try ViewStore.open(at: log.path).read { reader throws(ViewError) in try reader.views() }
            return try pointers.version(of: "volume", stored)
        }
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        let progress = try Projector.open(at: log.path, views: [.volume, next]).runHere()
        #expect(progress.rebuilt == ["volume"])
        #expect(try shown() == 1)
        for view in [ViewDefinition.volume, next] {
            #expect(try log.stored([view]) == log.expected([view]).bytes)
        }
        #expect(try pointers.promote("volume", to: 2) == nil)
        #expect(try shown() == 2)
        try await log.append(100)
        _ = try Projector.open(at: log.path, views: [.volume, next]).runHere()
        for view in [ViewDefinition.volume, next] {
            #expect(try log.stored([view]) == log.expected([view]).bytes)
        }
        #expect(try pointers.promote("volume", to: 1) == 2)
        #expect(try shown() == 1)
        // Without the old definition only the new version is left.
        _ = try Projector.open(at: log.path, views: [next]).runHere()
        #expect(try shown() == 2)
    }
}

/// Law: what cannot be made again does not go unless its base is whole.
struct BaseRefusalTests {
    private func expectRefusal(_ log: TestLog, known: [AnyView], because reason: String) throws {
        let before = try LogReader.open(at: log.path).retained()
        do {
            try retain(log, known: known)
            Issue.record("retention went on without a base: \(reason)")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
        }
        #expect(try LogReader.open(at: log.path).retained() == before)
    }

    @Test func `retention refuses while the store of a registered projector cannot be read`() async throws {
        let log = try await makeLog(seed: 410)
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        for name in try RealDisk().list(log.path + "/views") where name.hasPrefix("main.sqlite") {
            try RealDisk().remove(log.path + "/views/" + name)
        }
        try expectRefusal(log, known: [.mergeable(.volume)], because: "projector main")
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        #expect(try retain(log, known: [.mergeable(.volume)]).events > 100)
    }

    @Test func `retention refuses to let go of a base whose view is not known`() async throws {
        let log = try await makeLog(seed: 411)
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        try retain(log, known: [.mergeable(.volume)])
        removeTree(log.path + "/views")
        try expectRefusal(log, known: [], because: "projector main")
        _ = try Registry(at: log.path).forget("main")
        try expectRefusal(log, known: [], because: "not known here")
        #expect(try retain(log, known: [.mergeable(.volume)]).events > 0)
    }

    @Test func `retention refuses while events that would go are damaged and nobody has been told`() async throws {
        let log = try await makeLog(seed: 412)
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        let path = try LogReader.open(at: log.path).segments()[0].path
        var bytes = try RealDisk().openFile(path).readAll(limit: 1 << 24)
        bytes[400] ^= 0x10
        try RealDisk().replace(path, with: bytes)
        try expectRefusal(log, known: [.mergeable(.volume)], because: "are damaged")
    }
}
