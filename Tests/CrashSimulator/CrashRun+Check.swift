// What must be true of a disk that a crash has left.

import VarveDisk
import VarveEvents
import VarveLog
import VarveTestSupport

extension CrashRun {
    /// The log on `disk` holds what the model says, before recovery as far as readers see, and after it.
    mutating func check(_ disk: SimulatedDisk, _ rows: Int, _ model: CrashModel, depth: Int) {
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
        look(disk, model)
        lookAtRuns(disk)
        do {
            try recover(disk, rows, model)
        } catch {
            fail("\(error)")
        }
    }

    /// What an interrupted maintenance has left.
    private mutating func look(_ disk: SimulatedDisk, _ model: CrashModel) {
        guard model.boundaries.count > 1, let retained = try? LogReader.open(at: SmallLog.path, disk: disk).retained().value
        else { return }
        for path in disk.paths where path.hasPrefix(SmallLog.path + "/log/") {
            let digits = path.split(separator: "/").last.flatMap { UInt64($0.prefix(20)) }
            guard let digits else { continue }
            if path.hasSuffix(".base"), digits > retained { witness("bases of an R to come") }
            if path.hasSuffix(".seg"), digits < retained { witness("files below R") }
        }
    }

    private mutating func recover(_ disk: SimulatedDisk, _ rows: Int, _ model: CrashModel) throws {
        let isHurt = hurtIDs(disk)
        let log = try StepwiseLog(at: SmallLog.path, disk: disk, options: SmallLog.options(segmentRows: rows))
        for (_, label) in log.recovery.cases { witness(label) }
        if log.recovery.cases.count > 1 { witness("sealed by recovery") }
        if !isHurt, log.recovery.segmentsReadForIDs > 0 { witness("run lost") }
        if let damage = log.recovery.damaged.first { fail("recovery reports damage: \(damage)") }
        let after = try SmallLog.read(disk)
        compare(after, model, "after recovery")
        let count = UInt64(after.numbers.count)
        for (offset, number) in model.certain where offset >= after.retained {
            let index = offset - after.retained
            if index >= count || after.numbers[Int(index)] != number {
                fail("event \(number) at offset \(offset) is lost; there are \(count) from \(after.retained) on")
            }
        }
        if after.retained < model.retained { fail("R was \(model.retained) and is \(after.retained)") }
        try writeAgain(log, model, after)
        if random.chance(1, in: 8) {
            try checkBackup(disk, model)
            try maintainAgain(disk, model)
        }
        if random.chance(1, in: 8) {
            let faults = try LogVerifier.verify(at: SmallLog.path, disk: disk).faults
            if let fault = faults.first { fail("verify finds \(fault)") }
            witness("verified")
        }
    }

    /// Every retry is a duplicate of what is there, and only what is not there is appended.
    private mutating func writeAgain(_ log: StepwiseLog, _ model: CrashModel, _ found: LogContent) throws {
        let gone = model.gone(found.retained)
        let numbers = (0..<model.tried).filter { !gone.contains(Int64($0)) }
        if found.numbers.count < numbers.count { witness("lost tail") }
        let receipt = try log.append([SmallLog.batch(numbers)])[0]
        if receipt.appended != numbers.count - found.numbers.count {
            fail("a retry of \(numbers.count) events appended \(receipt.appended), \(found.numbers.count) were there")
        }
        for duplicate in receipt.duplicates {
            let original = duplicate.original.value
            guard original >= found.retained, original - found.retained < UInt64(found.numbers.count),
                found.numbers[Int(original - found.retained)] == Int64(numbers[duplicate.row])
            else {
                fail("the original of event \(numbers[duplicate.row]) is said to be at offset \(original)")
                continue
            }
        }
    }

    private mutating func compare(_ found: LogContent, _ model: CrashModel, _ moment: String) {
        if let damage = found.damage.first { fail("\(moment) a reader reports damage: \(damage)") }
        if Set(found.numbers).count != found.numbers.count { fail("\(moment) an event is there twice: \(found.numbers)") }
        for (index, offset) in found.offsets.enumerated() where offset != found.retained + UInt64(index) {
            fail("\(moment) offset \(offset) comes at place \(index) from \(found.retained) on")
            break
        }
        for (offset, number) in zip(found.offsets, found.numbers) {
            guard let known = model.certain[offset], known != number else { continue }
            fail("\(moment) offset \(offset) is \(number), not \(known)")
        }
        if !model.boundaries.contains(found.retained) { fail("\(moment) R is \(found.retained), of \(model.boundaries)") }
        let base = found.retained == 0 ? [:] : ["view": model.base(found.retained)]
        if found.bases != base { fail("\(moment) the bases at \(found.retained) are \(found.bases)") }
    }
}
