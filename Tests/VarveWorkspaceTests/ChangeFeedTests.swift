import Foundation
import Testing
import VarveEvents
import VarveLog
import VarveWorkspace

struct ChangeFeedTests {
    private static func options(polls: Bool) -> Workspace.Options {
        var options = Workspace.Options()
        options.feed.polls = polls
        return options
    }

    /// Reads until `count` events have come; what came besides.
    private static func read(
        _ count: Int, from iterator: inout FeedSubscription.Iterator
    ) async throws -> (numbers: [Int64], others: [String]) {
        var numbers: [Int64] = []
        var others: [String] = []
        while numbers.count < count, let step = try await iterator.next() {
            switch step {
            case .events(let block): numbers += WorkspaceFolder.numbers(block.batches)
            case .lagged(let behind): others.append("lagged \(behind)")
            case .gap(let range): others.append("gap \(range)")
            case .stopping(let next): others.append("stopping \(next)")
            }
        }
        return (numbers, others)
    }

    @Test(arguments: [false, true])
    func `every subscriber sees every event once and in order, from wherever it begins`(polls: Bool) async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path, options: Self.options(polls: polls))
        #expect(workspace.feed.isNotified == !polls)
        try await workspace.append(WorkspaceFolder.batch(0..<500))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for subscriber in 0..<20 {
                group.addTask {
                    let first = subscriber * 50
                    var iterator = workspace.feed.subscribe(from: Offset(UInt64(first))).makeAsyncIterator()
                    let (numbers, others) = try await Self.read(3_500 - first, from: &iterator)
                    #expect(numbers == (first..<3_500).map { Int64($0) })
                    #expect(others.isEmpty)
                    #expect(iterator.next == Offset(3_500))
                }
            }
            group.addTask {
                for part in 5..<35 { try await workspace.append(WorkspaceFolder.batch((part * 100)..<(part * 100 + 100))) }
            }
            try await group.waitForAll()
        }
        try await workspace.close()
    }

    @Test func `a filter passes over what does not match`() async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path)
        var filter = LogFilter()
        filter.signals = ["b.*"]
        var iterator = workspace.feed.subscribe(from: Offset(0), where: filter).makeAsyncIterator()
        for part in 0..<10 {
            try await workspace.append(
                WorkspaceFolder.batch((part * 10)..<(part * 10 + 10), signal: part.isMultiple(of: 5) ? "b.c" : "a.b"))
        }
        let (numbers, _) = try await Self.read(20, from: &iterator)
        #expect(numbers == Array(0..<10) + Array(50..<60))
        try await workspace.close()
    }

    @Test func `a subscriber of another process's log is woken too`() async throws {
        let folder = WorkspaceFolder()
        let writer = try await Workspace.open(at: folder.path)
        try await writer.append(WorkspaceFolder.batch(0..<1))
        var options = Workspace.Options()
        options.writes = false
        let reader = try await Workspace.open(at: folder.path, options: options)
        var iterator = reader.feed.subscribe(from: Offset(1)).makeAsyncIterator()
        async let appended: Receipt = writer.append(WorkspaceFolder.batch(1..<3))
        #expect(try await Self.read(2, from: &iterator).numbers == [1, 2])
        _ = try await appended
        await #expect(throws: WorkspaceError.self) { try await reader.append(WorkspaceFolder.batch(0..<1)) }
        try await reader.close()
        try await writer.close()
    }

    @Test func `one that is far behind is told once, and loses nothing`() async throws {
        let folder = WorkspaceFolder()
        var options = Workspace.Options()
        options.feed.lagThreshold = 1_000
        let workspace = try await Workspace.open(at: folder.path, options: options)
        for part in 0..<30 { try await workspace.append(WorkspaceFolder.batch((part * 1_000)..<(part * 1_000 + 1_000))) }
        var iterator = workspace.feed.subscribe(from: Offset(0)).makeAsyncIterator()
        let (numbers, others) = try await Self.read(30_000, from: &iterator)
        #expect(numbers == (0..<30_000).map { Int64($0) })
        #expect(others == ["lagged 30000"])
        try await workspace.close()
    }

    @Test func `below R there is a gap, and then what is left`() async throws {
        let folder = WorkspaceFolder()
        var options = Workspace.Options()
        options.log.segmentRows = 100
        options.log.rules = [RetentionRule(signals: "never.*")]
        let first = try await Workspace.open(at: folder.path, options: options)
        for part in 0..<5 { try await first.append(WorkspaceFolder.batch((part * 100)..<(part * 100 + 100))) }
        try await first.close()
        let snapshot = try LogReader.open(at: folder.path).snapshot()
        var request = RetentionRequest(limit: 0)
        request.now = Timestamp(nanoseconds: 4_000_000_000_000_000_000)
        request.isConfirmed = true
        _ = try LogMaintenance.open(at: folder.path).retain(request)
        let workspace = try await Workspace.open(at: folder.path, options: options)
        let retained = try LogReader.open(at: folder.path).retained().value
        #expect(retained > 0)
        try await workspace.append(WorkspaceFolder.batch(500..<600))
        var iterator = workspace.feed.subscribe(from: Offset(50)).makeAsyncIterator()
        let (numbers, others) = try await Self.read(600 - Int(retained), from: &iterator)
        #expect(others == ["gap \(UInt64(50)..<retained)"])
        #expect(numbers == (Int64(retained)..<600).map { $0 })
        // The snapshot of before still has everything, although the files' names are gone.
        var all: [EventBatch] = []
        try snapshot.scan(0..<500) { all.append($0) }
        #expect(WorkspaceFolder.numbers(all) == (0..<500).map { Int64($0) })
        try await workspace.close()
    }

    @Test func `cancelling ends one that waits, and stopping tells everybody`() async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path)
        let waiting = (0..<50).map { _ in
            Task {
                var steps: [String] = []
                for try await step in workspace.feed.subscribe(from: Offset(0)) {
                    if case .stopping(let next) = step { steps.append("stopping \(next)") } else { steps.append("other") }
                }
                return steps
            }
        }
        while workspace.feed.subscriberCount < 50 { try await Task.sleep(for: .milliseconds(1)) }
        for task in waiting.prefix(25) { task.cancel() }
        for task in waiting.prefix(25) { #expect(try await task.value.isEmpty) }
        workspace.feed.stop()
        for task in waiting.suffix(25) { #expect(try await task.value == ["stopping 0"]) }
        #expect(workspace.feed.subscriberCount == 0)
        try await workspace.close()
    }

    @Test func `a thousand idle subscribers cost no thread`() async throws {
        let folder = WorkspaceFolder()
        let workspace = try await Workspace.open(at: folder.path)
        try await workspace.append(WorkspaceFolder.batch(0..<10))
        let before = Self.threads()
        let waiting = (0..<1_000).map { _ in
            Task {
                for try await step in workspace.feed.subscribe(from: Offset(10)) {
                    if case .events = step { return true }
                }
                return false
            }
        }
        while workspace.feed.subscriberCount < 1_000 { try await Task.sleep(for: .milliseconds(1)) }
        // The watcher; other tests run beside this one and have threads of their own.
        #expect(Self.threads() < before + 300)
        try await workspace.append(WorkspaceFolder.batch(10..<20))
        for task in waiting { #expect(try await task.value) }
        try await workspace.close()
    }

    private static func threads() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
    }
}
