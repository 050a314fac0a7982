import Synchronization
import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog

@testable import VarveViews

/// What a projector tells the registry, and how far apart it commits.
struct TellingTests {
    private func row(_ offset: UInt64) -> RegisteredProjector {
        RegisteredProjector(
            name: "main", offset: Offset(offset), updated: Timestamp(nanoseconds: 1), state: .running, eventsPerSecond: 0)
    }

    @Test func `an offset is told after what was committed is synced, not before`() async throws {
        let log = TestLog()
        try await log.append(20)
        try RealDisk().makeDirectory(log.path + "/views")
        let registry = Registry(at: log.path)
        let known = Mutex<[Offset?]>([])
        for offset in [5, 9] as [UInt64] {
            let registryUpdater = RegistryUpdater(registry) { () throws(ViewError) in
                let told = try registry.projectors().first?.offset
                known.withLock { $0.append(told) }
            }
            try registryUpdater.update(row(offset))
            try registryUpdater.close()
            #expect(try registry.projectors().map(\.offset) == [Offset(offset)])
        }
        #expect(known.withLock { $0 } == [nil, Offset(5)])
    }

    @Test func `what could not be synced is not told, and whoever tells hears of it`() throws {
        let log = TestLog()
        try RealDisk().makeDirectory(log.path + "/views")
        let registry = Registry(at: log.path)
        let registryUpdater = RegistryUpdater(registry) { () throws(ViewError) in
            throw ViewError(.inputOutput, "the disk is gone")
        }
        try registryUpdater.update(row(5))
        let error = #expect(throws: ViewError.self) { try registryUpdater.close() }
        #expect(error?.code == .inputOutput)
        #expect(try registry.projectors().isEmpty)
    }

    @Test func `commits are synced where they are: in the write-ahead log, or in the file that it became`() async throws {
        let log = TestLog()
        try await log.append(100)
        _ = try Projector.open(at: log.path, views: [.volume]).runHere()
        let file = StoreFile(ViewPaths(log.path), "main", disk: RealDisk())
        #expect(try RealDisk().openFile(file.path + "-wal").size() == 0)
        try file.syncCommits()
        let store = try StoreWriter(at: file.path, log: LogReader.open(at: log.path).store, projector: "main")
        let checkpoint = try store.read { reader throws(ViewError) in try reader.checkpoint() }
        var commit = StoreCommit(checkpoint: checkpoint)
        commit.gaps = [Gap(offsets: 3..<4, reason: "for this test")]
        try store.commit(commit)
        #expect(try RealDisk().openFile(file.path + "-wal").size() > 0)
        try file.syncCommits()
        try store.close()
    }

    @Test(arguments: [
        // took, took before, interval → from the start of the commit to the next
        (5, 5, 20, 20), (10, 10, 20, 30), (10, 30, 20, 30), (100, 4, 20, 108), (100, 100, 20, 300), (2, 90, 20, 20),
    ])
    func `long commits come less often, but one that was held up is not paid for twice`(
        took: Int, before: Int, interval: Int, wanted: Int
    ) {
        let start = ContinuousClock().now
        let next = ProjectorPace.next(
            after: start..<(start + .milliseconds(took)), .milliseconds(before), .milliseconds(interval))
        #expect(next - start == .milliseconds(wanted))
    }
}
