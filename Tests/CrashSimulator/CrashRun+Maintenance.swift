// What a life does beside appending: compaction, retention with bases, backup. Whatever is cut short is found again by `check`.

import VarveDisk
import VarveEvents
import VarveLog
import VarveTestSupport

extension CrashRun {
    /// One piece of maintenance; it may fail, as the disk does.
    mutating func maintain(_ disk: SimulatedDisk, _ model: inout CrashModel) {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: backUp(disk, &model)
        case 1: retain(disk, &model)
        default: compact(disk)
        }
    }

    private mutating func compact(_ disk: SimulatedDisk) {
        do {
            let maintenance = try LogMaintenance.open(at: SmallLog.path, disk: disk)
            let plan = try maintenance.planCompaction()
            let report = try maintenance.compact(plan)
            if !report.rewritten.isEmpty { witness("compacted") }
            if !report.failed.isEmpty, disk.isOff { witness("compaction interrupted") }
        } catch {
            if disk.isOff { witness("compaction interrupted") }
        }
    }

    /// Removes some of the sealed segments. The base is made of the base before and of the events that go, as a view is.
    private mutating func retain(_ disk: SimulatedDisk, _ model: inout CrashModel) {
        guard let segments = try? LogReader.open(at: SmallLog.path, disk: disk).segments().filter(\.isSealed),
            let last = segments.randomElement(using: &random)
        else { return }
        if let rules = try? LogReader.open(at: SmallLog.path, disk: disk).rules(), rules.isEmpty {
            fail("the rules of the manifest are lost")
        }
        var request = RetentionRequest(limit: 0)
        request.now = Timestamp(nanoseconds: SmallLog.moment + 1)
        request.isConfirmed = true
        request.hold = ProjectorHold(offset: last.endOffset.value)
        var seen: [UInt64: Int64] = [:]
        var boundary: UInt64?
        do {
            let maintenance = try LogMaintenance.open(at: SmallLog.path, disk: disk)
            let plan = try maintenance.retain(request) { request in
                boundary = request.to.value
                let events = try SmallLog.read(disk)
                for (offset, number) in zip(events.offsets, events.numbers) { seen[offset] = number }
                let going = zip(events.offsets, events.numbers).filter { $0.0 < request.to.value }.map(\.1)
                return [BaseBlob(name: "view", bytes: Self.folded(request.previous.blobs["view"], going))]
            }
            model.retained = max(model.retained, plan.retained)
            if !plan.removed.isEmpty { witness("retained") }
        } catch {
            if disk.isOff { witness("retention interrupted") }
        }
        if let boundary {
            model.certain.merge(seen) { known, _ in known }
            model.boundaries.insert(boundary)
        }
    }

    private static func folded(_ base: [UInt8]?, _ numbers: [Int64]) -> [UInt8] {
        let parts = String(decoding: base ?? Array("0 0".utf8), as: UTF8.self).split(separator: " ").compactMap { Int64($0) }
        return Array("\(parts[0] + Int64(numbers.count)) \(parts[1] + numbers.reduce(0, +))".utf8)
    }

    private mutating func backUp(_ disk: SimulatedDisk, _ model: inout CrashModel) {
        do {
            let report = try LogBackup.backup(SmallLog.path, to: SmallLog.copy, disk: disk)
            model.backedUp = report.end.value
            witness("backed up")
        } catch {
            if disk.isOff { witness("backup interrupted") }
        }
    }

    /// A backup that was finished reads to its end, unless another one was cut short over it; and one more makes it right.
    mutating func checkBackup(_ disk: SimulatedDisk, _ model: CrashModel) throws {
        let isThere = try disk.kind(SmallLog.copy) != nil
        if let end = model.backedUp, !isThere { fail("the backup up to \(end) is gone") }
        guard isThere else { return }
        let report = try LogBackup.backup(SmallLog.path, to: SmallLog.copy, disk: disk)
        let log = try SmallLog.read(disk)
        let copy = try SmallLog.read(disk, at: SmallLog.copy)
        if copy.numbers != log.numbers || copy.offsets != log.offsets || copy.bases != log.bases || !copy.damage.isEmpty
            || copy.keptOffsets != log.keptOffsets || copy.keptNumbers != log.keptNumbers
        {
            fail("a backup up to \(report.end) is not the log: \(copy.numbers.count) events, \(log.numbers.count)")
        }
        witness("backup taken up again")
    }

    /// Maintenance goes through after recovery and leaves a sound log with the same events.
    mutating func maintainAgain(_ disk: SimulatedDisk, _ model: CrashModel) throws {
        var model = model
        model.certain = [:]
        let before = try SmallLog.read(disk)
        for (offset, number) in zip(before.offsets, before.numbers) { model.certain[offset] = number }
        for (offset, number) in zip(before.keptOffsets, before.keptNumbers) { model.certain[offset] = number }
        compact(disk)
        retain(disk, &model)
        let after = try SmallLog.read(disk)
        if after.retained < before.retained || after.numbers != Array(before.numbers.suffix(after.numbers.count))
            || UInt64(before.numbers.count - after.numbers.count) != after.retained - before.retained
        {
            fail("maintenance after recovery leaves \(after.numbers.count) of \(before.numbers.count) events")
        }
        if !after.keptNumbers.isEmpty { witness("kept below R") }
        if after.keptNumbers != model.kept(after.retained).map(\.number) {
            fail(
                "maintenance after recovery keeps \(after.keptNumbers) below \(after.retained), not "
                    + "\(model.kept(after.retained)); before it was \(before.keptNumbers) below \(before.retained)")
        }
        let names = disk.paths.filter { $0.hasPrefix(SmallLog.path + "/log/") }
        if let left = names.first(where: { $0.hasSuffix(".compact") }) { fail("maintenance leaves \(left)") }
        if names.count(where: { $0.hasSuffix(".base") }) > 1 { fail("maintenance leaves bases of another R: \(names)") }
        witness("maintenance after recovery")
    }
}
