// What a crash leaves of the index of event ids, and what may be done to it besides. Whether its answers are right afterwards
// shows when everything is written again.

import VarveEvents
import VarveLog
import VarveTestSupport

extension CrashRun {
    private static let folder = SmallLog.path + "/ids/"

    /// What is in `ids/` before recovery: counts states that a run must have met to mean anything.
    mutating func lookAtRuns(_ disk: SimulatedDisk) {
        let names = disk.paths.filter { $0.hasPrefix(Self.folder) }.map { String($0.dropFirst(Self.folder.count)) }
        if names.contains(where: { $0.hasSuffix(".run.tmp") }) { witness("run cut short") }
        let runs = names.compactMap(Self.offsets)
        if zip(runs, runs.dropFirst()).contains(where: { $0.overlaps($1) }) { witness("merged run beside its parts") }
        guard let segments = try? LogReader.open(at: SmallLog.path, disk: disk).segments().filter(\.isSealed) else { return }
        let end = segments.last?.endOffset.value ?? 0
        if runs.contains(where: { $0.upperBound > end }) { witness("run ahead of the manifest") }
        let isMerged = runs.contains { run in segments.count { run.contains($0.firstOffset.value) } > 1 }
        if isMerged { witness("runs merged") }
    }

    /// The offsets in the name of a run.
    private static func offsets(_ name: String) -> Range<UInt64>? {
        guard name.utf8.count == 45, name.hasSuffix(".run"), let first = UInt64(name.prefix(20)),
            let end = UInt64(name.dropFirst(21).prefix(20)), first < end
        else { return nil }
        return first..<end
    }

    /// Now and then files in `ids/` go, or have one bit wrong.
    mutating func hurtIDs(_ disk: SimulatedDisk) -> Bool {
        let files = disk.paths.filter { $0.hasPrefix(Self.folder) }
        switch Int.random(in: 0..<24, using: &random) {
        case 0:
            for path in files { disk.erase(path) }
            witness("ids made anew")
        case 1:
            guard let path = files.randomElement(using: &random) else { return false }
            disk.erase(path)
            witness("ids deleted in part")
        case 2, 3:
            guard let path = files.randomElement(using: &random) else { return false }
            let place = random.next()
            disk.damage(path) { if !$0.isEmpty { $0[Int(place % UInt64($0.count))] ^= 1 << UInt8(place >> 61) } }
            witness("ids damaged")
        default: return false
        }
        return true
    }
}
