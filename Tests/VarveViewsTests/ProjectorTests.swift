import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

/// Small steps, so that a few thousand events are many commits.
private func options(_ events: UInt64 = 1 << 22, threads: Int = 2) -> ProjectorOptions {
    var options = ProjectorOptions()
    options.eventsPerCommit = events
    options.threads = threads
    options.commitNanoseconds = 0
    return options
}

struct ProjectorTests {
    @Test(arguments: [UInt64(1), 2])
    func `a view folded in any steps, over any restarts, has the bytes of one folded from scratch`(seed: UInt64) async throws {
        let log = TestLog(seed: seed * 100)
        var random = SeededRandom(seed: seed)
        for _ in 0..<4 {
            try await log.append(Int.random(in: 1...500, using: &random))
            let step = UInt64.random(in: 100...700, using: &random)
            let projector = try Projector.open(at: log.path, views: testViews, options: options(step))
            let progress = try projector.runHere()
            #expect(progress.offset.value == UInt64(log.events.count))
            #expect(try log.stored(testViews) == log.expected(testViews).bytes)
        }
        let replay = try Replay.run(at: log.path, views: testViews)
        #expect(replay.events == UInt64(log.events.count))
        let hashes = try ViewStore.open(at: log.path).read { reader throws(ViewError) in
            var hashes: [String] = []
            for view in testViews { hashes.append("\(view.name) \(try reader.hash(of: view))") }
            return hashes
        }
        #expect(hashes == replay.hashes().map { "\($0.view) \($0.hash)" })
    }

    @Test func `a store that was deleted comes back with the same bytes`() async throws {
        let log = TestLog()
        try await log.append(900)
        _ = try Projector.open(at: log.path, views: testViews).runHere()
        let before = try log.stored(testViews)
        removeTree(log.path + "/views")
        _ = try Projector.open(at: log.path, views: testViews, options: options(200)).runHere()
        #expect(try log.stored(testViews) == before)
    }

    @Test func `a store at rest is whole in its file, and reading it changes nothing in the directory`() async throws {
        let log = TestLog()
        try await log.append(300)
        _ = try Projector.open(at: log.path, views: testViews).runHere()
        let names = ["main.lock", "main.sqlite", "main.sqlite-shm", "main.sqlite-wal", "registry", "registry.lock"]
        #expect(try RealDisk().list(log.path + "/views").sorted() == names)
        #expect(try RealDisk().openFile(log.path + "/views/main.sqlite-wal").size() == 0)
        _ = try log.stored(testViews)
        #expect(try RealDisk().openFile(log.path + "/views/main.sqlite-wal").size() == 0)
        #expect(try RealDisk().list(log.path + "/views").sorted() == names)
    }

    @Test func `only a view whose definition changed is built anew`() async throws {
        let log = TestLog()
        try await log.append(500)
        _ = try Projector.open(at: log.path, views: [.volume, .latency]).runHere()
        try await log.append(200)
        var changed = ViewDefinition.volume
        changed.version = 2
        let progress = try Projector.open(at: log.path, views: [changed, .latency]).runHere()
        #expect(progress.rebuilt == ["volume"])
        #expect(try log.stored([changed, .latency]) == log.expected([changed, .latency]).bytes)
        #expect(throws: ViewError.self) { try log.stored([.volume]) }
    }

    @Test func `a view that is left out stays where it was, and is caught up when it is asked for again`() async throws {
        let log = TestLog()
        try await log.append(400)
        _ = try Projector.open(at: log.path, views: [.volume, .latency]).runHere()
        try await log.append(300)
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        let store = try ViewStore.open(at: log.path)
        let views = try store.read { reader throws(ViewError) in try reader.views() }
        #expect(views.map(\.name) == ["latency", "volume"])
        #expect(views.map(\.offset.value) == [400, 700])
        #expect(try log.stored([.latency]) == log.expected([.latency], 400).bytes)
        _ = try Projector.open(at: log.path, views: [.latency, .volume]).runHere()
        #expect(try log.stored([.latency, .volume]) == log.expected([.latency, .volume]).bytes)
    }

    @Test func `a second projector of the same name is refused, one of another name is not`() async throws {
        let log = TestLog()
        try await log.append(100)
        let first = try Projector.open(at: log.path, views: [.volume])
        #expect { try Projector.open(at: log.path, views: [.volume]) } throws: { ($0 as? ViewError)?.code == .lockHeld }
        _ = try Projector.open(at: log.path, name: "other", views: [.volume]).runHere()
        _ = try first.runHere()
        #expect(try Registry(at: log.path).projectors().map(\.name) == ["main", "other"])
    }

    @Test(arguments: ["", "A", "../x", "a/b", ".a", "registry", "é", String(repeating: "a", count: 65)])
    func `a name that would be another file is refused`(name: String) {
        #expect { try Projector.open(at: "/tmp", name: name, views: []) } throws: { ($0 as? ViewError)?.code == .badName }
        #expect { try ViewStore.open(at: "/tmp", projector: name) } throws: { ($0 as? ViewError)?.code == .badName }
    }

    @Test func `a follower sees what is appended, and stops when it is asked to`() async throws {
        let log = TestLog()
        try await log.append(100)
        let projector = try Projector.open(at: log.path, views: testViews, options: options())
        let (offsets, continuation) = AsyncStream.makeStream(of: UInt64.self)
        async let result = projector.run(follow: true) { continuation.yield($0.offset.value) }
        var target: UInt64 = 100
        for await offset in offsets where offset >= target {
            #expect(try log.stored(testViews) == log.expected(testViews, Int(offset)).bytes)
            if target == 700 { break }
            try await log.append(200)
            target += 200
        }
        projector.stop()
        let progress = try await result
        #expect(progress.offset.value == 700)
        #expect(try Registry(at: log.path).projectors().map(\.offset.value) == [700])
        #expect(try Registry(at: log.path).projectors().map(\.isRunning) == [false])
    }
}
