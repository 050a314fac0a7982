// Logs that live on a simulated disk until the power goes or the process is killed, and every promise of the log held against
// what is left: nothing acknowledged or seen by a reader is lost, nothing is there twice, every start succeeds, a retry of
// everything adds exactly what is missing.
//
//     live ──▶ power cut ──▶ six outcomes, each checked ──▶ the next life, on one of them
//          └─▶ kill      ──▶ the page cache stays, what was not synced is still not durable
//
// A check may itself be cut short, any number of times, and goes on with the disk that this leaves.

import VarveEvents
import VarveLog
import VarveTestSupport

public struct CrashRun: Sendable {
    /// Disks that were checked.
    public private(set) var states = 0
    /// How often each thing was seen that a run must have met to mean anything.
    public private(set) var witnesses: [String: Int] = [:]
    /// Broken promises, the first few.
    public private(set) var failures: [String] = []
    private var random: SeededRandom
    private let seed: UInt64

    /// What every run of a few hundred states meets.
    public static let expected = [
        "absent", "clean", "unpublished", "torn", "unborn", "sealed", "sealed by recovery", "nested", "nested twice",
        "failed append", "failed sync", "full disk", "lost tail", "lost directory entry", "killed",
    ]

    public init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
    }

    /// Goes on until so many states have been checked or a promise is broken.
    public mutating func run(states limit: Int) {
        while states < limit, failures.isEmpty { once() }
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

    /// Appends until the power goes.
    private mutating func live(_ disk: SimulatedDisk, _ rows: Int, _ model: inout CrashModel) {
        plan(disk)
        guard let log = try? StepwiseLog(at: SmallLog.path, disk: disk, options: SmallLog.options(segmentRows: rows)) else {
            return
        }
        defer {
            if disk.failedSyncs > 0 { witness("failed sync") }
            if disk.fullWrites > 0 { witness("full disk") }
        }
        for _ in 0..<100 {
            let first = model.tried
            let batches = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                defer { model.tried += 3 }
                return SmallLog.batch(model.tried..<(model.tried + 3))
            }
            guard let receipts = try? log.append(batches) else {
                // A fault that is no power cut fails one append; the next may succeed.
                if (try? disk.kind(SmallLog.path)) == nil { break }
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
            faults[start + Int.random(in: 15..<60, using: &random)] = .fail(full ? 28 : 5)
        }
        faults[start + Int.random(in: 1..<90, using: &random)] = .powerCut
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

    private mutating func cut(_ disk: SimulatedDisk, _ rows: Int, _ model: CrashModel, depth: Int) {
        let next = disk.crash(seed: random.next())
        if next.pathCount < disk.pathCount { witness("lost directory entry") }
        check(next, rows, model, depth: depth)
    }

    /// The log on `disk` holds what the model says, before recovery as far as readers see, and after it.
    private mutating func check(_ disk: SimulatedDisk, _ rows: Int, _ model: CrashModel, depth: Int) {
        states += 1
        if let before = try? SmallLog.read(disk) { compare(before, model, "before recovery") }
        if random.chance(1, in: 3) {
            disk.plan([disk.operationCount + Int.random(in: 0..<30, using: &random): .powerCut])
            let opened = try? StepwiseLog(at: SmallLog.path, disk: disk, options: SmallLog.options(segmentRows: rows))
            if opened == nil { witness(depth == 0 ? "nested" : "nested twice") }
            disk.plan([:])
            if opened == nil, random.chance(1, in: 4) { return check(disk.kill(), rows, model, depth: depth + 1) }
            return cut(disk, rows, model, depth: depth + 1)
        }
        do {
            try recover(disk, rows, model)
        } catch {
            fail("\(error)")
        }
    }

    private mutating func recover(_ disk: SimulatedDisk, _ rows: Int, _ model: CrashModel) throws {
        let log = try StepwiseLog(at: SmallLog.path, disk: disk, options: SmallLog.options(segmentRows: rows))
        for (_, label) in log.recovery.cases { witness(label) }
        if log.recovery.cases.count > 1 { witness("sealed by recovery") }
        if let damage = log.recovery.damaged.first { fail("recovery reports damage: \(damage)") }
        let after = try SmallLog.read(disk)
        compare(after, model, "after recovery")
        for (offset, number) in model.certain
        where offset >= UInt64(after.numbers.count) || after.numbers[Int(offset)] != number {
            fail("event \(number) at offset \(offset) is lost; there are \(after.numbers.count)")
        }
        if after.numbers.count < model.tried { witness("lost tail") }
        // Every retry is a duplicate of what is there, and only what is not there is appended.
        let receipt = try log.append([SmallLog.batch(0..<model.tried)])[0]
        if receipt.appended != model.tried - after.numbers.count {
            fail("a retry of \(model.tried) events appended \(receipt.appended), \(after.numbers.count) were there")
        }
        for duplicate in receipt.duplicates {
            let original = duplicate.original.value
            if original >= UInt64(after.numbers.count) || after.numbers[Int(original)] != Int64(duplicate.row) {
                fail("the original of event \(duplicate.row) is said to be at offset \(original)")
            }
        }
    }

    private mutating func compare(_ found: LogContent, _ model: CrashModel, _ moment: String) {
        if let damage = found.damage.first { fail("\(moment) a reader reports damage: \(damage)") }
        if Set(found.numbers).count != found.numbers.count { fail("\(moment) an event is there twice: \(found.numbers)") }
        for (index, offset) in found.offsets.enumerated() where offset != UInt64(index) {
            fail("\(moment) offset \(offset) comes at place \(index)")
            break
        }
        for (offset, number) in zip(found.offsets, found.numbers) {
            guard let known = model.certain[offset], known != number else { continue }
            fail("\(moment) offset \(offset) is \(number), not \(known)")
        }
    }

    private mutating func witness(_ name: String) { witnesses[name, default: 0] += 1 }

    private mutating func fail(_ what: String) {
        if failures.count < 10 { failures.append("state \(states) of seed \(seed): \(what)") }
    }
}
