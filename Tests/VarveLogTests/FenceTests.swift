import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Two writers, because somebody deleted the lock file: what the later one acknowledged stays, whatever the earlier one does.
@Suite struct FenceTests {
    private static let small: @Sendable (inout LogOptions) -> Void = { $0.segmentRows = 20 }

    @Test(arguments: [10, 19, 20, 21]) func `a writer whose lock file was deleted writes over nothing`(rows: Int) throws {
        let disk = SimulatedDisk()
        let first = try LogFixture.core(disk, LogFixture.options(Self.small))
        _ = try first.append([LogFixture.batch(rows)])
        disk.erase("data/lock")
        let second = try LogFixture.core(disk, LogFixture.options(Self.small))
        _ = try second.append([LogFixture.batch(5, first: rows)])
        try second.finish()
        let error = #expect(throws: LogError.self) { try first.append([LogFixture.batch(7, first: 1_000)]) }
        #expect(error?.code == .fenced)
        #expect(throws: LogError.self) { try first.finish() }
        #expect(try LogFixture.read(disk).numbers == Array(0..<Int64(rows + 5)))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
        let third = try LogFixture.core(disk.kill(), LogFixture.options(Self.small))
        #expect(third.report.damaged == [] && third.report.quarantined == [])
    }

    /// The earlier writer is stopped before its operation number n, for every n; the later one opens, appends and goes; the
    /// earlier one goes on where it was stopped.
    @Test(arguments: [false, true]) func `at whatever step the earlier writer is stopped, what the later one acknowledged stays`(
        staysOpen: Bool
    ) throws {
        var stops = 0
        for step in stride(from: 0, to: 400, by: staysOpen ? 5 : 1) {
            let inner = SimulatedDisk()
            let disk = InterruptedDisk(inner)
            let first = try LogFixture.core(disk, LogFixture.options(Self.small))
            var acknowledged: [Int64] = []
            _ = try first.append([LogFixture.batch(15)])
            acknowledged += 0..<15
            var second: LogCore?
            var later: [Int64] = []
            disk.interrupt(after: step) {
                inner.erase("data/lock")
                let core = try LogFixture.core(inner, LogFixture.options(Self.small))
                for part in 0..<3 {
                    _ = try core.append([LogFixture.batch(9, first: 1_000 + part * 9)])
                    later += Int64(1_000 + part * 9)..<Int64(1_009 + part * 9)
                }
                if staysOpen { second = core } else { try core.finish() }
            }
            // Two segments end meanwhile; one group is two frames long.
            for part in 0..<4 {
                let numbers = (15 + part * 8)..<(23 + part * 8)
                if (try? first.append([LogFixture.batch(8, first: numbers.lowerBound)])) != nil {
                    acknowledged += numbers.map { Int64($0) }
                }
            }
            try? first.finish()
            if let second {
                _ = try second.append([LogFixture.batch(4, first: 2_000)])
                later += 2_000..<2_004
                try second.finish()
            }
            if !disk.wasInterrupted { break }
            stops += 1
            for found in [try LogFixture.read(inner), try Self.reopened(inner)] {
                #expect(Set(acknowledged + later).isSubset(of: found.numbers), "stopped at \(step)")
                #expect(Set(found.numbers).count == found.numbers.count, "stopped at \(step)")
                #expect(found.damage == [], "stopped at \(step)")
            }
            #expect(try LogVerifier.verify(at: LogFixture.path, disk: inner).faults == [], "stopped at \(step)")
        }
        #expect(stops > 10)
    }

    private static func reopened(_ disk: SimulatedDisk) throws -> (numbers: [Int64], offsets: [UInt64], damage: [DamagedRange]) {
        let next = disk.kill()
        let core = try LogFixture.core(next, LogFixture.options(small))
        #expect(core.report.quarantined == [])
        try core.finish()
        return try LogFixture.read(next)
    }

    /// One event each from processes of their own; `Tests/long/minutes` does it for a day of them, with the built command.
    @Test func `a process that only appends now and then leaves few segments`() throws {
        var disk = SimulatedDisk()
        let (minutes, rows) = (288, 32)
        for number in 0..<minutes {
            let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = rows })
            _ = try core.append([LogFixture.batch(1, first: number)])
            try core.finish()
            disk = disk.kill()
        }
        #expect(try LogMaintenance.sealActive(at: LogFixture.path, disk: disk, options: LogFixture.options()))
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        _ = try maintenance.compact(try maintenance.planCompaction())
        let segments = try LogReader.open(at: LogFixture.path, disk: disk).segments()
        // As many as the limit of a segment asks for: none ends because its writer did.
        #expect(segments.count == minutes / rows)
        let count = try LogReader.open(at: LogFixture.path, disk: disk).scan(0..<UInt64(minutes)) { _ in }
        #expect(count.frames <= 10 && count.events == minutes)
    }
}

/// A simulated disk that stops its user before one of its operations and lets somebody else work; not while the user holds the
/// lock of the manifest, since then the other one waits.
private final class InterruptedDisk: Disk, @unchecked Sendable {
    private let inner: SimulatedDisk
    private var left: Int?
    private var body: () throws -> Void = {}
    private var manifestLock: DiskHandle?
    private(set) var wasInterrupted = false

    init(_ inner: SimulatedDisk) { self.inner = inner }

    func interrupt(after steps: Int, _ body: @escaping () throws -> Void) {
        left = steps
        self.body = body
    }

    private func step() {
        guard let count = left else { return }
        if count > 0 { left = count - 1; return }
        guard manifestLock == nil else { return }
        left = nil
        wasInterrupted = true
        do { try body() } catch { Issue.record("the later writer failed: \(error)") }
    }

    func open(_ path: String, _ access: DiskAccess) throws(DiskError) -> DiskHandle {
        step()
        return try inner.open(path, access)
    }
    func entryCreate(_ path: String) throws(DiskError) -> DiskHandle { step(); return try inner.entryCreate(path) }
    func entryRename(_ path: String, to target: String) throws(DiskError) { step(); try inner.entryRename(path, to: target) }
    func entryRemove(_ path: String) throws(DiskError) { step(); try inner.entryRemove(path) }
    func entryMakeDirectory(_ path: String) throws(DiskError) { step(); try inner.entryMakeDirectory(path) }
    func read(_ file: DiskHandle, into buffer: UnsafeMutableRawBufferPointer, at position: UInt64) throws(DiskError) -> Int {
        step()
        return try inner.read(file, into: buffer, at: position)
    }
    func write(_ file: DiskHandle, _ bytes: UnsafeRawBufferPointer, at position: UInt64) throws(DiskError) {
        step()
        try inner.write(file, bytes, at: position)
    }
    func truncate(_ file: DiskHandle, to size: UInt64) throws(DiskError) { step(); try inner.truncate(file, to: size) }
    func syncData(_ file: DiskHandle) throws(DiskError) { step(); try inner.syncData(file) }
    func syncDirectory(_ path: String) throws(DiskError) { step(); try inner.syncDirectory(path) }
    func size(_ file: DiskHandle) throws(DiskError) -> UInt64 { try inner.size(file) }
    func close(_ file: DiskHandle) {
        if file == manifestLock { manifestLock = nil }
        inner.close(file)
    }
    func list(_ directory: String) throws(DiskError) -> [String] { step(); return try inner.list(directory) }
    func kind(_ path: String) throws(DiskError) -> DiskEntryKind? { step(); return try inner.kind(path) }
    func lock(_ path: String, note: String) throws(DiskError) -> DiskHandle {
        step()
        let handle = try inner.lock(path, note: note)
        if path.hasSuffix("manifest.lock") { manifestLock = handle }
        return handle
    }
}
