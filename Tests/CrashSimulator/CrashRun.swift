// Logs that live on a simulated disk until the power goes or the process is killed, and every promise of the log held against
// what is left: nothing acknowledged or seen by a reader is lost, nothing is there twice, every start succeeds, a retry of
// everything adds exactly what is missing; R and the bases at R belong together, and a backup that was finished is a log. Of what
// was acknowledged at level `interval` a kill takes nothing, and a power cut a suffix that no sync has covered yet, none of it
// older than the interval.
//
//     live ──▶ power cut ──▶ six outcomes, each checked ──▶ the next life, on one of them
//          └─▶ kill      ──▶ the page cache stays, what was not synced is still not durable
//
// Between appends a life compacts, retains and backs up. A check may itself be cut short, any number of times, and goes on with
// the disk that this leaves.

import VarveDisk
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
        "run cut short", "run ahead of the manifest", "interval: acknowledged", "interval: synced when due",
        "interval: tail lost", "interval: kept by a kill", "producer known", "kept below R",
    ]

    /// And every run of a million.
    public static let expected = common + [
        "compaction interrupted", "retention interrupted", "bases of an R to come", "kept events that do not count",
        "files below R", "backed up", "backup interrupted", "backup taken up again", "merged run beside its parts",
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
                check(kept.snapshot(), rows, model, depth: 0, isKill: true)
            } else {
                disk = disk.crash(seed: random.next())
                model.mayLose = true
            }
        }
    }

    /// Appends, and looks after the log, until the power goes.
    private mutating func live(_ disk: SimulatedDisk, _ rows: Int, _ model: inout CrashModel) {
        plan(disk)
        let clock = Monitor<Int64>(0)
        let options = SmallLog.options(segmentRows: rows, elapsed: { clock.withLock(notify: false) { $0 } })
        guard let log = try? StepwiseLog(at: SmallLog.path, disk: disk, options: options) else { return }
        startAgain(disk, &model)
        plan(disk)
        defer {
            if disk.failedSyncs > 0 {
                witness("failed sync")
                model.mayLose = true
            }
            if disk.fullWrites > 0 { witness("full disk") }
        }
        let level = random.chance(1, in: 2) ? Durability.interval : .sync
        for _ in 0..<60 {
            if random.chance(1, in: 7) { maintain(disk, &model) }
            let now = clock.withLock { time in
                time += Int64.random(in: 0..<100_000_000, using: &random)
                return time
            }
            guard sync(log, now, &model), append(log, disk, level, now, &model) else { break }
        }
    }

    /// Whatever is found at a start is durable, and what was acknowledged at level `interval` is there unless it may be lost.
    private mutating func startAgain(_ disk: SimulatedDisk, _ model: inout CrashModel) {
        guard let found = try? SmallLog.read(disk) else { return }
        model.settle(below: found.retained + UInt64(found.numbers.count))
        if !model.mayLose, let lost = model.provisional.first {
            fail("event \(lost.value.number) at offset \(lost.key), acknowledged at level interval, is lost without a power cut")
        }
        model.provisional = [:]
        model.mayLose = false
    }

    /// What the writer's thread does when time has passed. False when the power is gone.
    private mutating func sync(_ log: StepwiseLog, _ now: Int64, _ model: inout CrashModel) -> Bool {
        guard let wasDue = try? log.syncIfDue() else { return false }
        if wasDue { witness("interval: synced when due") }
        model.settle(below: log.durable.value)
        for (offset, event) in model.provisional where now - event.at >= 200_000_000 {
            fail("event \(event.number) at offset \(offset) is not durable \(now - event.at) ns after its acknowledgement")
        }
        return true
    }

    /// One to three batches of three events. False when the power is gone.
    private mutating func append(
        _ log: StepwiseLog, _ disk: SimulatedDisk, _ level: Durability, _ now: Int64, _ model: inout CrashModel
    ) -> Bool {
        let first = model.tried
        let count = Int.random(in: 1...3, using: &random)
        let batches = (0..<count).map { SmallLog.batch((first + $0 * 3)..<(first + $0 * 3 + 3)) }
        let stamps = (0..<count).map { ProducerStamp(producer: 1, epoch: 1, sequence: UInt64(first + $0 * 3 + 3)) }
        model.tried += count * 3
        let durability = random.chance(1, in: 8) ? .sync : level
        guard let receipts = try? log.append(batches, as: stamps, durability) else {
            // A fault that is no power cut fails one append; the next may succeed.
            if !disk.isOff { witness("failed append") }
            return !disk.isOff
        }
        for (index, receipt) in receipts.enumerated() {
            if durability == .sync, receipt.durability != .sync { fail("an append that asked for sync got interval") }
            if receipt.durability == .interval { witness("interval: acknowledged") }
            for (row, offset) in (receipt.offsets ?? 0..<0).enumerated() {
                let number = Int64(first + index * 3 + row)
                model.provisional[offset] = (number, now)
            }
            if receipt.durability == .sync { model.settle(below: receipt.offsets?.upperBound ?? 0) }
            model.settle(below: receipt.durable.value)
        }
        return true
    }

    /// A power cut at a random operation, and now and then failures before it.
    private mutating func plan(_ disk: SimulatedDisk) {
        let start = disk.operationCount
        var faults: [Int: SimulatedDisk.Fault] = [:]
        if random.chance(1, in: 3) {
            let full = random.chance(1, in: 3)
            faults[start + Int.random(in: 5..<45, using: &random)] = .fail(full ? 28 : 5)
        }
        // Long enough, now and then, for runs of ids to be merged.
        let last = random.chance(1, in: 4) ? 420 : 100
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
