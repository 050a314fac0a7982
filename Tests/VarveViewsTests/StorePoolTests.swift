import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveProjections

@testable import VarveViews

private let views: [ViewDefinition] = [.volume]

/// Stores stay open between questions, and are opened again when their file is another one.
struct StorePoolTests {
    private static func total(_ answers: ViewAnswers) throws -> (offset: UInt64, events: Int64?) {
        let answer = try answers.answer(ViewRequest(.mergeable(.volume), bucket: .all, by: []))
        return (answer.offset.value, answer.rows.first?["events"]?.int)
    }

    @Test func `a store is opened once and shows every later commit`() async throws {
        let log = TestLog(seed: 910)
        try await log.append(300)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let answers = try ViewAnswers.open(at: log.path, usesCache: false)
        #expect(try Self.total(answers).offset == 300)
        #expect(answers.stores.idleCount == 1)
        try await log.append(200)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let second = try Self.total(answers)
        #expect(second.offset == 500 && second.events == 500)
        #expect(answers.stores.idleCount == 1)
    }

    @Test func `a store that was deleted and built anew is opened again`() async throws {
        let log = TestLog(seed: 911)
        try await log.append(300)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let answers = try ViewAnswers.open(at: log.path, usesCache: false)
        #expect(try Self.total(answers).offset == 300)
        let disk = RealDisk()
        for suffix in ["", "-wal", "-shm"] { try disk.remove(log.path + "/views/main.sqlite" + suffix) }
        // Before, the open connection would have gone on answering from the deleted file.
        #expect(throws: ViewError.self) { try Self.total(answers) }
        try await log.append(200)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let answer = try Self.total(answers)
        #expect(answer.offset == 500 && answer.events == 500)
    }

    @Test func `many threads ask at once, and few stores stay open`() async throws {
        let log = TestLog(seed: 912)
        try await log.append(300)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let answers = try ViewAnswers.open(at: log.path, usesCache: false)
        let offsets = onThreads(12) { _ in (0..<20).map { _ in (try? Self.total(answers).offset) ?? 0 } }
        #expect(offsets.joined().allSatisfy { $0 == 300 })
        #expect((1...4).contains(answers.stores.idleCount))
    }
}
