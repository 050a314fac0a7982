import Synchronization
import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private struct Injected: Error {}

/// Few views, with all that a commit can do: sets, removals by a budget.
private let views = Array(testViews.suffix(2)) + [.volume]

private func options() -> ProjectorOptions {
    var options = ProjectorOptions()
    options.eventsPerCommit = 60
    options.threads = 1
    options.registryNanoseconds = 0
    return options
}

struct ExactlyOnceTests {
    /// Every step of a run is stopped once, by kind and number; whatever is left must be cells of exactly the events below the
    /// checkpoint.
    @Test(arguments: CommitStep.allCases)
    func `a commit that fails at any step leaves cells and checkpoint of one moment`(step: CommitStep) async throws {
        let log = TestLog(seed: 7)
        try await log.append(120)
        _ = try Projector.open(at: log.path, views: Array(views.prefix(1)), options: options()).runHere()
        try await log.append(200)
        var random = SeededRandom(seed: 11)
        var limit = 0
        while true {
            let calls = Atomic(0)
            let target = limit
            limit += 1 + Int.random(in: 0...limit * 2, using: &random)
            let projector = try Projector.open(at: log.path, name: "main", views: views, options: options()) { found in
                guard found == step else { return }
                if calls.wrappingAdd(1, ordering: .relaxed).oldValue == target { throw Injected() }
            }
            do {
                _ = try projector.runHere()
                break
            } catch {
                #expect(error.code == .internal)
                try check(log, log.path)
            }
        }
        try check(log, log.path)
        #expect(try log.stored(views) == log.expected(views).bytes)
    }

    @Test func `what a killed projector leaves, at any step, is cells and checkpoint of one moment`() async throws {
        let log = TestLog(seed: 8)
        try await log.append(120)
        _ = try Projector.open(at: log.path, views: views, options: options()).runHere()
        try await log.append(150)
        let calls = Atomic(0)
        let (source, image) = (log.path + "/views", log.path + "/image")
        let projector = try Projector.open(at: log.path, name: "main", views: views, options: options()) { _ in
            let count = calls.wrappingAdd(1, ordering: .relaxed).oldValue
            guard count % 17 == 0 else { return }
            try RealDisk().makeDirectory(image)
            try RealDisk().makeDirectory(image + "/\(count)")
            try copyTree(source, to: image + "/\(count)/views")
        }
        _ = try projector.runHere()
        let images = try RealDisk().list(image)
        #expect(images.count > 5)
        for name in images { try check(log, image + "/" + name) }
    }

    @Test func `readers see rows and checkpoint of one moment while the projector writes`() async throws {
        let log = TestLog(seed: 9)
        try await log.append(60)
        _ = try Projector.open(at: log.path, views: views, options: options()).runHere()
        try await log.append(600)
        let path = log.path
        let isDone = Atomic(false)
        let seen = Mutex<Set<UInt64>>([])
        let look: @Sendable () throws -> Void = {
            let (offset, counted) = try ViewStore.open(at: path).read { reader throws(ViewError) in
                let rows = try reader.rows(of: .volume, ViewQuery(bucket: .all, by: []))
                return (try reader.checkpoint().offset.value, rows.first?["events"])
            }
            #expect(counted == .int(Int64(offset)))
            seen.withLock { _ = $0.insert(offset) }
        }
        try look()
        async let reading: Void = {
            while !isDone.load(ordering: .relaxed) { try look() }
        }()
        _ = try await Projector.open(at: path, views: views, options: options()).run()
        isDone.store(true, ordering: .relaxed)
        try await reading
        try look()
        // How many moments between the first and the last are seen depends on how the tasks are scheduled.
        #expect(seen.withLock { $0.isSuperset(of: [60, 660]) })
    }

    private func check(_ log: TestLog, _ data: String) throws {
        try ViewStore.open(at: data).read { reader throws(ViewError) in
            for stored in try reader.views() {
                guard let view = views.first(where: { $0.name == stored.name }) else { continue }
                let expected = log.expected([view], Int(stored.offset.value))
                let bytes = try reader.state(of: view).canonicalBytes()
                #expect(bytes == expected.bytes[view.name], "\(view.name) at \(stored.offset)")
            }
        }
    }
}
