import Testing
import VarveCatalog
import VarveDisk
import VarveHash
import VarveProjections

@testable import VarveViews

/// The cache of segment states, seen from its disk.
struct SegmentStatesTests {
    /// Each save opened every file that was there already: ten thousand segments were fifty million opens.
    @Test func `keeping a segment's states opens no other segment's file`() throws {
        let directory = TestLog()
        let disk = CountingDisk()
        let plan = FoldPlan([.volume])
        func save(_ numbers: Range<Int>, _ cache: SegmentStates) -> Int {
            let before = disk.opens
            for number in numbers {
                let content = withUnsafeBytes(of: number) { SHA256Digest(of: $0) }
                cache.save(content, ViewStates(plan))
            }
            return disk.opens - before
        }
        try disk.makeDirectory(directory.path + "/states")
        let cache = SegmentStates(at: directory.path, disk: disk)
        let first = save(0..<50, cache)
        let later = save(50..<200, cache)
        #expect(try disk.list(directory.path + "/states").count == 200)
        // It looks for a file of the same name, and how large that is.
        #expect(first <= 50 * 2 && later <= 150 * 2)
        // Another process counts once what is there.
        #expect(save(200..<210, SegmentStates(at: directory.path, disk: disk)) <= 200 + 10 * 2)
    }

    @Test func `a full cache keeps no more, and has room again when segments go`() throws {
        let directory = TestLog()
        let disk = CountingDisk()
        let plan = FoldPlan([.volume])
        let cache = SegmentStates(at: directory.path, disk: disk, bytesMax: 1_000)
        let contents = (0..<40).map { number in withUnsafeBytes(of: number) { SHA256Digest(of: $0) } }
        for content in contents { cache.save(content, ViewStates(plan)) }
        let kept = contents.filter { cache.has($0) }
        #expect(kept.count > 2 && kept.count < 20)
        cache.removeAll(but: [])
        cache.save(contents[39], ViewStates(plan))
        #expect(cache.has(contents[39]) && !cache.has(contents[0]))
    }
}

/// The real disk, counting how many files are opened.
private final class CountingDisk: Disk {
    private let real = RealDisk()
    private let count = Monitor(0)

    var opens: Int { count.withLock { $0 } }

    func open(_ path: String, _ access: DiskAccess) throws(DiskError) -> DiskHandle {
        count.withLock { $0 += 1 }
        return try real.open(path, access)
    }

    func entryCreate(_ path: String) throws(DiskError) -> DiskHandle { try real.entryCreate(path) }
    func entryRename(_ path: String, to target: String) throws(DiskError) { try real.entryRename(path, to: target) }
    func entryRemove(_ path: String) throws(DiskError) { try real.entryRemove(path) }
    func entryMakeDirectory(_ path: String) throws(DiskError) { try real.entryMakeDirectory(path) }
    func read(_ file: DiskHandle, into buffer: UnsafeMutableRawBufferPointer, at position: UInt64) throws(DiskError) -> Int {
        try real.read(file, into: buffer, at: position)
    }
    func write(_ file: DiskHandle, _ bytes: UnsafeRawBufferPointer, at position: UInt64) throws(DiskError) {
        try real.write(file, bytes, at: position)
    }
    func truncate(_ file: DiskHandle, to size: UInt64) throws(DiskError) { try real.truncate(file, to: size) }
    func syncData(_ file: DiskHandle) throws(DiskError) { try real.syncData(file) }
    func syncDirectory(_ path: String) throws(DiskError) { try real.syncDirectory(path) }
    func size(_ file: DiskHandle) throws(DiskError) -> UInt64 { try real.size(file) }
    func close(_ file: DiskHandle) { real.close(file) }
    func list(_ directory: String) throws(DiskError) -> [String] { try real.list(directory) }
    func kind(_ path: String) throws(DiskError) -> DiskEntryKind? { try real.kind(path) }
    func lock(_ path: String, note: String) throws(DiskError) -> DiskHandle { try real.lock(path, note: note) }
}
