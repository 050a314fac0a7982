// What must be true of a disk that a crash has left.

import VarveDisk
import VarveEvents
import VarveLog
import VarveTestSupport

extension CrashRun {
    /// The log on `disk` holds what the model says, before recovery as far as readers see, and after it. `isKill`: processes
    /// have ended, the machine has not.
    mutating func check(_ disk: SimulatedDisk, _ rows: Int, _ model: CrashModel, depth: Int, isKill: Bool = false) {
        states += 1
        if let before = try? SmallLog.read(disk) { compare(before, model, "before recovery") }
        if random.chance(1, in: 3) {
            disk.plan([disk.operationCount + Int.random(in: 0..<30, using: &random): .powerCut])
            let opened = try? StepwiseLog(at: SmallLog.path, disk: disk, options: SmallLog.options(segmentRows: rows))
            if opened == nil { witness(depth == 0 ? "nested" : "nested twice") }
            disk.plan([:])
            if opened == nil, random.chance(1, in: 4) {
                return check(disk.kill(), rows, model, depth: depth + 1, isKill: isKill)
            }
            return cut(disk, rows, model, depth: depth + 1)
        }
        look(disk, model)
        lookAtRuns(disk)
        do {
            try recover(disk, rows, model, isKill: isKill)
        } catch {
            fail("\(error)")
        }
    }

    /// What an interrupted maintenance has left.
    private mutating func look(_ disk: SimulatedDisk, _ model: CrashModel) {
        let kept = disk.paths.filter { $0.hasPrefix(SmallLog.path) && $0.hasSuffix(".kept") }
        if !kept.isEmpty, let named = try? LogReader.open(at: SmallLog.path, disk: disk).keptSegments().map(\.path),
            kept.contains(where: { !named.contains($0) })
        {
            witness("kept events that do not count")
        }
        guard model.boundaries.count > 1, let retained = try? LogReader.open(at: SmallLog.path, disk: disk).retained().value
        else { return }
        for path in disk.paths where path.hasPrefix(SmallLog.path + "/log/") {
            let digits = path.split(separator: "/").last.flatMap { UInt64($0.prefix(20)) }
            guard let digits else { continue }
            if path.hasSuffix(".base"), digits > retained { witness("bases of an R to come") }
            if path.hasSuffix(".seg"), digits < retained { witness("files below R") }
        }
    }

    private mutating func recover(_ disk: SimulatedDisk, _ rows: Int, _ model: CrashModel, isKill: Bool) throws {
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
        checkProvisional(after, model, mayLose: !isKill || model.mayLose)
        if let last = after.numbers.last, model.tried > 0 {
            // Three events are one append, whose number is that of its last event and one.
            let sequence = UInt64(last / 3 * 3 + 3)
            if log.latestSequence(of: 1) != sequence { fail("the latest append is \(sequence), the log knows another") }
            witness("producer known")
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

    /// Of what was acknowledged at level `interval` a suffix is gone at most, and only when something was cut.
    private mutating func checkProvisional(_ found: LogContent, _ model: CrashModel, mayLose: Bool) {
        var lost = 0
        for (offset, event) in model.provisional where offset >= found.retained {
            guard offset - found.retained < UInt64(found.numbers.count) else {
                lost += 1
                continue
            }
            let number = found.numbers[Int(offset - found.retained)]
            if number != event.number { fail("offset \(offset), acknowledged as \(event.number), is \(number)") }
        }
        if lost > 0 { witness("interval: tail lost") }
        if lost > 0, !mayLose { fail("\(lost) events acknowledged at level interval are lost without a power cut") }
        if lost == 0, !mayLose, !model.provisional.isEmpty { witness("interval: kept by a kill") }
    }

    /// Every retry is a duplicate of what is there, and only what is not there is appended.
    private mutating func writeAgain(_ log: StepwiseLog, _ model: CrashModel, _ found: LogContent) throws {
        let gone = model.gone(found.retained)
        let numbers = (0..<model.tried).filter { !gone.contains(Int64($0)) }
        let there = found.numbers.count + found.keptNumbers.count
        if there < numbers.count { witness("lost tail") }
        let receipt = try log.append([SmallLog.batch(numbers)])[0]
        if receipt.appended != numbers.count - there {
            fail("a retry of \(numbers.count) events appended \(receipt.appended), \(there) were there")
        }
        let kept = Dictionary(uniqueKeysWithValues: zip(found.keptOffsets, found.keptNumbers))
        for duplicate in receipt.duplicates {
            let original = duplicate.original.value
            if kept[original] == Int64(numbers[duplicate.row]) { continue }
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
        let kept = model.kept(found.retained)
        if found.keptOffsets != kept.map(\.offset) || found.keptNumbers != kept.map(\.number) {
            fail("\(moment) \(found.keptNumbers) are kept below \(found.retained), not \(kept.map(\.number))")
        }
        if !kept.isEmpty { witness("kept below R") }
        if !model.boundaries.contains(found.retained) { fail("\(moment) R is \(found.retained), of \(model.boundaries)") }
        let base = found.retained == 0 ? [:] : ["view": model.base(found.retained)]
        if found.bases != base { fail("\(moment) the bases at \(found.retained) are \(found.bases)") }
    }
}
