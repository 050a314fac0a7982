import Foundation
import GRDB
import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let views: [ViewDefinition] = [.volume, .latency]

/// What is done to a store's files while its projector runs, and who reads them.
struct LostStoreTests {
    private static func options() -> ProjectorOptions {
        var options = ProjectorOptions()
        options.commitNanoseconds = 0
        options.registryNanoseconds = 20_000_000
        return options
    }

    /// Runs a follower; `body` gets a function that waits until the store has folded so many events.
    private func following(_ log: TestLog, _ body: (_ reaches: (UInt64) async throws -> Void) async throws -> Void) async throws
        -> ProjectorProgress
    {
        let projector = try Projector.open(at: log.path, views: views, options: Self.options())
        async let result = projector.run(follow: true)
        do {
            try await body { count in
                var offset: UInt64?
                try await waitUntil {
                    let store = try? ViewStore.open(at: log.path)
                    offset = try? store?.read { reader throws(ViewError) in try reader.checkpoint().offset.value }
                    return offset == count
                }
                #expect(offset == count)
            }
        } catch {
            projector.stop()
            _ = try await result
            throw error
        }
        projector.stop()
        return try await result
    }

    enum Loss: CaseIterable {
        case everything, folder, file, log, replacedByText, replacedByCopy
    }

    /// Before, the projector went on in the deleted file and every reader was told that it had not run yet.
    @Test(arguments: Loss.allCases)
    func `a store that is deleted or replaced under a follower is built anew`(loss: Loss) async throws {
        let log = TestLog(seed: 700)
        try await log.append(300)
        let (disk, path) = (RealDisk(), log.path + "/views/main.sqlite")
        let progress = try await following(log) { reaches in
            try await reaches(300)
            let copy = try disk.openFile(path).readAll(limit: 1 << 26)
            switch loss {
            case .everything: for suffix in ["", "-wal", "-shm"] { try disk.remove(path + suffix) }
            case .folder: try FileManager.default.removeItem(atPath: log.path + "/views")
            case .file: try disk.remove(path)
            case .log: try disk.remove(path + "-wal")
            case .replacedByText: try disk.replace(path, with: Array("not a database".utf8))
            case .replacedByCopy: try disk.replace(path, with: copy)
            }
            try await log.append(200)
            try await reaches(500)
            #expect(try log.stored(views) == log.expected(views).bytes)
            try await log.append(50)
            try await reaches(550)
        }
        #expect(progress.notes.contains { $0.contains("deleted or replaced") })
        #expect(try log.stored(views) == log.expected(views).bytes)
        let entries = try Registry(at: log.path).projectors()
        #expect(entries.map(\.name) == ["main"] && entries.map(\.offset) == [Offset(550)] && entries.map(\.state) == [.stopped])
    }

    /// Leaving WAL mode and coming back to it needs a lock that this reader holds up; the next run then ended after five seconds.
    @Test func `a reader in the middle of a transaction stops no projector, at its end or at its start`() async throws {
        let log = TestLog(seed: 701)
        try await log.append(300)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let store = try ViewStore.open(at: log.path)
        for round in 1...3 {
            try store.read { reader throws(ViewError) in
                #expect(try reader.checkpoint().offset.value == UInt64(200 + round * 100))
                _ = try Projector.open(at: log.path, views: views).runHere()
                // Its own moment stays what it was.
                #expect(try reader.checkpoint().offset.value == UInt64(200 + round * 100))
            }
            try await log.append(100)
            _ = try Projector.open(at: log.path, views: views).runHere()
        }
        #expect(try log.stored(views) == log.expected(views).bytes)
    }

    @Test func `a reader of a live store cannot write, and empties no write-ahead log`() async throws {
        let log = TestLog(seed: 702)
        try await log.append(300)
        let (disk, path) = (RealDisk(), log.path + "/views/main.sqlite")
        _ = try await following(log) { reaches in
            try await reaches(300)
            let size = try disk.openFile(path + "-wal").size()
            #expect(size > 0)
            let queue = try DatabaseQueue(path: path, configuration: StoreSchema.configuration(readonly: true))
            #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: "DELETE FROM cells") } }
            _ = try? queue.inDatabase { try Row.fetchAll($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            try queue.close()
            #expect(try disk.openFile(path + "-wal").size() == size)
            try await log.append(100)
            try await reaches(400)
        }
    }

    @Test func `a store of a newer program is refused, and one changed schema number is damage`() async throws {
        let log = TestLog(seed: 703)
        try await log.append(100)
        let path = log.path + "/views/main.sqlite"
        for (isNewer, statement) in [(false, ""), (true, "PRAGMA user_version = 99")] {
            _ = try Projector.open(at: log.path, views: views).runHere()
            let queue = try DatabaseQueue(path: path)
            try queue.inDatabase { db in
                try db.execute(sql: "UPDATE store SET schema = 99")
                try db.execute(sql: statement)
            }
            try queue.close()
            let error = #expect(throws: ViewError.self) { try ViewStore.open(at: log.path) }
            #expect(error?.code == (isNewer ? .newerFormat : .damaged))
            guard !isNewer else { continue }
            let progress = try Projector.open(at: log.path, views: views).runHere()
            #expect(progress.notes.count == 1)
            #expect(try log.stored(views) == log.expected(views).bytes)
        }
        let refused = #expect(throws: ViewError.self) { try Projector.open(at: log.path, views: views) }
        #expect(refused?.code == .newerFormat)
    }
}
