// Logs that live on a simulated disk until the power goes or the process is killed, and every promise of the log held against
// what is left: nothing acknowledged or seen by a reader is lost, nothing is there twice, every start succeeds, a retry of
// everything adds exactly what is missing; R and the bases at R belong together, and a backup that was finished is a log.
//
//     live ──▶ power cut ──▶ six outcomes, each checked ──▶ the next life, on one of them
//          └─▶ kill      ──▶ the page cache stays, what was not synced is still not durable
//
// Between appends a life compacts, retains and backs up. A check may itself be cut short, any number of times, and goes on with
// the disk that this leaves.

import VarveEvents
import VarveLog
import VarveTestSupport

public struct CrashRun: Sendable {
    /// Disks that were checked.
    public internal(set) var states = 0
    /// How often each thing was seen that a run must have met to mean anything.
    public private(set) var witnesses: [String: Int] = [:]
    /// Broken promises, the first few.
    public private(set) var failures: [String] = []
    var random: SeededRandom
    private let seed: UInt64

    /// What every run of two thousand states meets.
    public static let common = [
        "absent", "clean", "unpublished", "torn", "unborn", "sealed", "sealed by recovery", "nested", "nested twice",
        "failed append", "failed sync", "full disk", "lost tail", "lost directory entry", "killed", "compacted", "retained",
        "maintenance after recovery", "verified", "ids made anew", "ids deleted in part", "ids damaged", "runs merged",
        "run cut short", "run ahead of the manifest",
    ]

    /// And every run of a million.
    public static let expected = common + [
        "compaction interrupted", "retention interrupted", "bases of an R to come", "files below R", "backed up",
        "backup interrupted", "backup taken up again", "merged run beside its parts",
    ]

    public init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
    }

    /// Goes on until so many states have been checked or a promise is broken.
    public mutating func run(states limit: Int) {
        while states < limit, failures.isEmpty { once() }
    }

    /// Takes in what another run has found.
    public mutating func add(_ other: CrashRun) {
        states += other.states
        witnesses.merge(other.witnesses, uniquingKeysWith: +)
        failures += other.failures
    }

    /// One log, from its creation to its last power cut.
    private mutating func once() {
        var model = CrashModel()
        var disk = SimulatedDisk()
        let rows = [6, 12, 40].randomElement(using: &random) ?? 12
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            live(disk, rows, &model)
            let kept = disk.kill()
            see(kept, &model)
            for _ in 0..<6 { cut(disk, rows, model, depth: 0) }
            if random.chance(1, in: 3) {
                witness("killed")
                disk = kept
                check(kept.snapshot(), rows, model, depth: 0)
            } else {
                disk = disk.crash(seed: random.next())
            }
        }
    }

    /// Appends, and looks after the log, until the power goes.
    private mutating func live(_ disk: SimulatedDisk, _ rows: Int, _ model: inout CrashModel) {
        plan(disk)
        guard let log = try? StepwiseLog(at: SmallLog.path, disk: disk, options: SmallLog.options(segmentRows: rows)) else {
            return
        }
        defer {
            if disk.failedSyncs > 0 { witness("failed sync") }
            if disk.fullWrites > 0 { witness("full disk") }
        }
        for _ in 0..<60 {
            if random.chance(1, in: 7) { maintain(disk, &model) }
            let first = model.tried
            let batches = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                defer { model.tried += 3 }
                return SmallLog.batch(model.tried..<(model.tried + 3))
            }
            guard let receipts = try? log.append(batches) else {
                // A fault that is no power cut fails one append; the next may succeed.
                if disk.isOff { break }
                witness("failed append")
                continue
            }
            for (index, receipt) in receipts.enumerated() {
                for (row, offset) in (receipt.offsets ?? 0..<0).enumerated() {
                    model.certain[offset] = Int64(first + index * 3 + row)
                }
            }
        }
    }

    /// A power cut at a random operation, and now and then failures before it.
    private mutating func plan(_ disk: SimulatedDisk) {
        let start = disk.operationCount
        var faults: [Int: SimulatedDisk.Fault] = [:]
        if random.chance(1, in: 3) {
            let full = random.chance(1, in: 3)
            faults[start + Int.random(in: 15..<50, using: &random)] = .fail(full ? 28 : 5)
        }
        // Long enough, now and then, for runs of ids to be merged.
        let last = random.chance(1, in: 4) ? 400 : 80
        faults[start + Int.random(in: 1..<last, using: &random)] = .powerCut
        disk.plan(faults)
    }

    /// What a reader saw before the power went is certain, whether it was acknowledged or not.
    private mutating func see(_ disk: SimulatedDisk, _ model: inout CrashModel) {
        guard let seen = try? SmallLog.read(disk) else { return }
        if !seen.damage.isEmpty { fail("a reader of the live log met damage: \(seen.damage[0])") }
        for (offset, number) in zip(seen.offsets, seen.numbers) {
            if let known = model.certain[offset], known != number { fail("offset \(offset) was \(known) and reads \(number)") }
            model.certain[offset] = number
        }
    }

    mutating func cut(_ disk: SimulatedDisk, _ rows: Int, _ model: CrashModel, depth: Int) {
        let next = disk.crash(seed: random.next())
        if next.pathCount < disk.pathCount { witness("lost directory entry") }
        check(next, rows, model, depth: depth)
    }

    mutating func witness(_ name: String) { witnesses[name, default: 0] += 1 }

    mutating func fail(_ what: String) {
        if failures.count < 10 { failures.append("state \(states) of seed \(seed): \(what)") }
    }
}
