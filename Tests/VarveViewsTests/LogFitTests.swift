import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let views: [ViewDefinition] = [.volume, .latency]

/// Whether a projector notices that its views and the log do not fit.
struct LogFitTests {
    @Test func `a checkpoint ahead of a watermark that lags is waited for, and nothing is built anew`() async throws {
        let log = TestLog()
        try await log.append(100)
        let durable = log.path + "/log/durable"
        let old = try RealDisk().openFile(durable).readAll(limit: 100)
        let writer = try await LogWriter.open(at: log.path, options: log.options)
        var builder = BatchBuilder()
        for event in randomEvents(count: 50, seed: 5, ids: false) { builder.append(event) }
        _ = try await writer.append(builder.finish())
        #expect(try Projector.open(at: log.path, views: views).runHere().offset.value == 150)
        try await writer.close()
        try RealDisk().replace(durable, with: old)
        #expect { try Projector.open(at: log.path, views: views).runHere() } throws: { ($0 as? ViewError)?.code == .aheadOfLog }
        try RealDisk().openFile(durable, .readWrite).write(old, at: 0)
        try await log.append(10)
        let progress = try Projector.open(at: log.path, views: views).runHere()
        #expect(progress.offset.value == 160)
        #expect(progress.rebuilt == [])
        #expect(progress.notes == [])
    }

    @Test func `views that say more than a recovered log are built anew, and it is said`() async throws {
        let log = TestLog()
        try await log.append(100)
        try copyTree(log.path + "/log", to: log.path + "/before")
        try await log.append(100)
        _ = try Projector.open(at: log.path, views: views).runHere()
        removeTree(log.path + "/log")
        try copyTree(log.path + "/before", to: log.path + "/log")
        let progress = try Projector.open(at: log.path, views: views).runHere()
        #expect(progress.rebuilt == ["volume", "latency"])
        #expect(progress.notes.count == 1)
        #expect(try log.stored(views) == log.expected(views, 100).bytes)
    }

    @Test func `views of events that stand no longer at their offsets are built anew`() async throws {
        let log = TestLog()
        try await log.append(100)
        try copyTree(log.path + "/log", to: log.path + "/before")
        try await log.append(100)
        _ = try Projector.open(at: log.path, views: views).runHere()
        removeTree(log.path + "/log")
        removeTree(log.path + "/ids")
        try copyTree(log.path + "/before", to: log.path + "/log")
        let other = TestLog(seed: 99)
        try await log.append(150)
        let progress = try Projector.open(at: log.path, views: views).runHere()
        #expect(progress.rebuilt == ["volume", "latency"])
        #expect(progress.offset.value == 250)
        _ = other
        let replay = try Replay.run(at: log.path, views: views)
        #expect(try log.stored(views) == replay.states.bytes)
    }

    @Test func `views of another log are built anew`() async throws {
        let (log, other) = (TestLog(), TestLog(seed: 50))
        try await log.append(100)
        try await other.append(100)
        _ = try Projector.open(at: log.path, views: views + [.rollbackRate]).runHere()
        try copyTree(log.path + "/views", to: other.path + "/views")
        let progress = try Projector.open(at: other.path, views: views).runHere()
        #expect(progress.notes.count == 1)
        #expect(try other.stored(views) == other.expected(views).bytes)
        #expect(throws: ViewError.self) { try other.stored([.rollbackRate]) }
    }

    @Test func `damage in the log is a gap that everybody sees, and the rest is folded`() async throws {
        let log = TestLog(segmentRows: 400)
        try await log.append(1_300)
        let segment = try #require(try LogReader.open(at: log.path).segments().dropFirst().first)
        #expect(segment.isSealed)
        let file = try RealDisk().openFile(segment.path, .readWrite)
        var bytes = try file.readAll(limit: 1 << 24)
        bytes[bytes.count / 3] ^= 0x10
        try file.write(bytes, at: 0)
        let progress = try Projector.open(at: log.path, views: views).runHere()
        #expect(progress.gaps.count == 1)
        let lost = progress.gaps.reduce(0) { $0 + $1.offsets.count }
        #expect(lost > 0)
        try ViewStore.open(at: log.path).read { reader throws(ViewError) in
            #expect(try reader.gaps() == progress.gaps)
            let rows = try reader.rows(of: .volume, ViewQuery(bucket: .all, by: []))
            #expect(rows.first?["events"] == .int(Int64(1_300 - lost)))
        }
    }

    enum StoreDamage: CaseIterable {
        case magic, version, pageEnds, oneBit
    }

    @Test(arguments: StoreDamage.allCases)
    func `a damaged store is noticed when it is used, removed and built anew`(damage: StoreDamage) async throws {
        let log = TestLog()
        try await log.append(400)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let file = try RealDisk().openFile(log.path + "/views/main.sqlite", .readWrite)
        var bytes = try file.readAll(limit: 1 << 24)
        switch damage {
        case .magic: bytes[3] ^= 0x20
        case .version: bytes.replaceSubrange(16..<24, with: [UInt8](repeating: 0xA5, count: 8))
        case .pageEnds:
            for page in 1..<(bytes.count / 4096) {
                bytes.replaceSubrange(page * 4096 + 3_900..<(page + 1) * 4096, with: [UInt8](repeating: 0xA5, count: 196))
            }
        case .oneBit:
            let cells = log.expected([.latency]).state(of: "latency")?.cells() ?? []
            let state = try #require(cells.map(\.state).first { $0.count > 16 && $0.count < 500 })
            let place = try #require(bytes.firstRange(of: state))
            bytes[place.lowerBound + 5] ^= 1
        }
        try file.write(bytes, at: 0)
        try await log.append(400)
        let progress = try Projector.open(at: log.path, views: views).runHere()
        #expect(progress.notes.count == 1)
        #expect(try log.stored(views) == log.expected(views).bytes)
    }

    @Test func `a registry that is damaged costs no registration, and comes back with the next run`() async throws {
        let log = TestLog()
        try await log.append(50)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let registry = Registry(at: log.path)
        let known = try registry.projectors()
        #expect(known.map(\.name) == ["main"])
        #expect(known.map(\.offset.value) == [50])
        try RealDisk().replace(log.path + "/views/registry", with: Array("varve registry 1\nmain 60 0 stopped 0\nhash 0\n".utf8))
        #expect(try registry.projectors().map(\.name) == ["main"])
        #expect(try registry.projectors().map(\.offset.value) == [0])
        _ = try Projector.open(at: log.path, views: views).runHere()
        #expect(try registry.projectors().map(\.offset.value) == [50])
        try await log.append(25)
        let status = try #require(ProjectorStatus.all(at: log.path).first)
        #expect(status.state == .stopped)
        #expect(status.lagEvents == 25)
        #expect(status.lagSeconds > 0)
        #expect(status.firstUnread.map { status.secondsUntilUnreadIsDeleted(keeping: 10, now: $0) } == .some(10))
        #expect(try registry.forget("main"))
        #expect(try registry.projectors().isEmpty)
        #expect(try !registry.forget("main"))
    }
}
