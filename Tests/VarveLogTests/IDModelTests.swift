import Testing
import VarveDisk
import VarveEvents
import VarveHash
import VarveTestSupport

@testable import VarveLog

/// A log and a dictionary, and everything that may happen to both: appends with ids that are known, new, or twice in one batch,
/// kills, power cuts, retention, compaction, and whatever can be done to the files in `ids/`.
@Suite struct IDModelTests {
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `duplicates and their originals are those of a dictionary, whatever happens to the files`(seed: UInt64) throws {
        var run = try IDModelRun(seed: seed)
        for _ in 0..<120 { try run.step() }
        #expect(run.happened.count >= 9, "\(run.happened)")
    }
}

private struct IDModelRun {
    private var random: SeededRandom
    private var disk = SimulatedDisk()
    private var core: LogCore
    private let options: LogOptions
    /// The offset of each number that is in the log.
    private var known: [Int: UInt64] = [:]
    private var next: UInt64 = 0
    private var fresh = 0
    private(set) var happened: [String: Int] = [:]

    init(seed: UInt64) throws {
        random = SeededRandom(seed: seed)
        let rows = [5, 9, 30].randomElement(using: &random) ?? 9
        options = LogFixture.options { $0.segmentRows = rows }
        core = try LogFixture.core(disk, options)
    }

    mutating func step() throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: try restart("closed") { try $0.finish() }
        case 1: try restart("killed") { _ in }
        case 2: try restart("power cut", isCut: true) { _ in }
        case 3: try damageWhileOpen()
        case 4: try maintain()
        default: try append()
        }
    }

    private mutating func append() throws {
        var batches: [EventBatch] = []
        var expected: [(appended: Int, duplicates: [DuplicateRow])] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            var numbers: [Int] = []
            var reply: (appended: Int, duplicates: [DuplicateRow]) = (0, [])
            for row in 0..<Int.random(in: 1...9, using: &random) {
                if random.chance(2, in: 3) { fresh += 1 }
                let number = random.chance(1, in: 3) ? Int.random(in: 0...fresh, using: &random) : fresh
                numbers.append(number)
                if let original = known[number] {
                    reply.duplicates.append(DuplicateRow(row: row, original: Offset(original)))
                } else {
                    known[number] = next
                    next += 1
                    reply.appended += 1
                }
            }
            batches.append(LogFixture.batch(numbers: numbers, ids: true))
            expected.append(reply)
        }
        let receipts = try core.append(batches)
        #expect(receipts.map(\.appended) == expected.map(\.appended))
        #expect(receipts.map(\.duplicates) == expected.map(\.duplicates))
    }

    private mutating func restart(_ name: String, isCut: Bool = false, _ end: (LogCore) throws -> Void) throws {
        try end(core)
        disk = isCut ? disk.crash(seed: random.next()) : disk.kill()
        happened[name, default: 0] += 1
        if random.chance(1, in: 2) { for _ in 0..<3 { try damage(canDelete: true) } }
        core = try LogFixture.core(disk, options)
        #expect(core.planner.point.next.value == next)
    }

    private mutating func damageWhileOpen() throws {
        try damage(canDelete: false)
        happened["damaged while open", default: 0] += 1
    }

    /// Something happens to a file in `ids/`.
    private mutating func damage(canDelete: Bool) throws {
        let files = disk.paths.filter { $0.hasPrefix("data/ids/") }
        guard let path = files.randomElement(using: &random), let other = files.randomElement(using: &random) else { return }
        let bytes = disk.contents(other) ?? []
        let place = random.next()
        switch Int.random(in: canDelete ? 0..<7 : 3..<5, using: &random) {
        case 0:
            disk.erase(path)
            happened["deleted", default: 0] += 1
        case 1:
            for path in files { disk.erase(path) }
            happened["all deleted", default: 0] += 1
        case 2:
            disk.damage(path) { $0.removeLast(Int(place % UInt64($0.count + 1))) }
            happened["cut", default: 0] += 1
        case 3, 4:
            disk.damage(path) { if !$0.isEmpty { $0[Int(place % UInt64($0.count))] ^= 1 << UInt8(place >> 61) } }
            happened["bit flipped", default: 0] += 1
        case 5:
            disk.damage(path) { $0 = bytes }
            happened["another file's bytes", default: 0] += 1
        default:
            let name = StorePaths("data").idRun((place % 50)..<(50 + (place >> 8) % 300))
            try disk.replace(name, with: bytes)
            happened["strange file", default: 0] += 1
        }
    }

    /// Compaction or retention, while no writer is at work.
    private mutating func maintain() throws {
        disk = disk.kill()
        do {
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            if random.chance(1, in: 2) {
                _ = try maintenance.compact(maintenance.planCompaction())
                happened["compacted", default: 0] += 1
            } else {
                var request = RetentionRequest(limit: 0)
                request.now = Timestamp(nanoseconds: LogFixture.start + 1)
                request.isConfirmed = true
                let retained = try LogReader.open(at: LogFixture.path, disk: disk).retained().value
                request.hold = ProjectorHold(offset: (retained + next) / 2)
                let plan = try maintenance.retain(request)
                known = known.filter { $0.value >= plan.retained }
                if !plan.removed.isEmpty { happened["retained", default: 0] += 1 }
            }
        }
        disk = disk.kill()
        core = try LogFixture.core(disk, options)
    }
}
