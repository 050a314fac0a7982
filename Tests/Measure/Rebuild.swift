import Foundation
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveViews

/// What is read, and how long it takes, when one segment of many is not what it was: in a process that has the views in memory,
/// and in a new one that has `states/`. All of it in a copy of the log, which is damaged on the way.
enum Rebuild {
    static func measure(_ data: String) throws {
        let work = data + "-rebuild"
        try? FileManager.default.removeItem(atPath: work)
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: work) }
        try FileManager.default.copyItem(atPath: data + "/log", toPath: work + "/log")

        let full = try best(of: 7) { _ = try Replay.run(at: work, views: Measure.views) }
        say("full replay, 2 threads", full)
        var standing: StandingViews?
        let first = try best(of: 1) { standing = try StandingViews.open(at: work, views: Measure.views) }
        guard var standing else { return }
        let segments = try LogReader.open(at: work).segments().filter(\.isSealed)
        say("new process without states/, which leaves them behind", first, of: full)
        say(
            "new process, all \(segments.count) segments from states/",
            try best(of: 5) { _ = try StandingViews.open(at: work, views: Measure.views) }, of: full)
        try withoutStates(of: segments[segments.count / 2], work, full)
        say("in process, nothing changed", try best(of: 5) { _ = try standing.update() }, of: full)

        let compacted = try compact(work)
        var update = try standing.update()
        let after = try best(of: 1) { update = try standing.update() }
        say("in process, \(compacted) segments compacted: \(update.folded) folded, \(update.buckets) buckets", after, of: full)
        try damaged(&standing, segments, work, full)
    }

    /// Maintenance holds its lock until it goes out of scope.
    private static func compact(_ work: String) throws -> Int {
        let maintenance = try LogMaintenance.open(at: work)
        return try maintenance.compact(maintenance.planCompaction()).rewritten.count
    }

    private static func withoutStates(of segment: SegmentInfo, _ work: String, _ full: Taken) throws {
        guard let content = segment.contentHash else { return }
        let file = work + "/states/\(content).states"
        let one = try best(of: 5, before: { try RealDisk().remove(file) }) {
            _ = try StandingViews.open(at: work, views: Measure.views)
        }
        say("new process, one segment's states gone", one, of: full)
    }

    /// Nine segments lose a frame, one after the other; each time the views are brought up to what is left.
    private static func damaged(
        _ standing: inout StandingViews, _ segments: [SegmentInfo], _ work: String, _ full: Taken
    ) throws {
        var taken: [Taken] = []
        for step in 1...9 {
            let segment = segments[segments.count * step / 10]
            let disk = RealDisk()
            let file = try disk.openFile(segment.path, .readWrite)
            var byte = try file.read(1, at: try file.size() / 3)
            byte[0] ^= 0x55
            try file.write(byte, at: try file.size() / 3)
            guard try !LogRepair.repair(at: work).marked.isEmpty else {
                Measure.say("the damage of \(segment.path) was mended")
                continue
            }
            var update: StandingUpdate?
            taken.append(try best(of: 1) { update = try standing.update() })
            if let update, step == 5 || update.folded != 1 {
                Measure.say(
                    "one segment damaged: \(update.folded) of \(update.parts) parts folded (\(update.events) events), "
                        + "\(update.buckets) buckets added up again")
            }
        }
        taken.sort { $0.seconds < $1.seconds }
        guard let least = taken.first else { return }
        say("in process, one of \(segments.count) segments damaged, median of \(taken.count)", taken[taken.count / 2], of: full)
        say("in process, one of \(segments.count) segments damaged, least", least, of: full)
        let replay = try Replay.run(at: work, views: Measure.views)
        for view in Measure.views {
            let same = standing.state(of: view)?.viewHash == replay.states.state(of: view)?.viewHash
            if !same { Measure.say("\(view.name) DIFFERS from a full replay") }
        }
    }

    struct Taken {
        var seconds: Double
        /// Of all threads.
        var cpu: Double
    }

    /// The run that took least.
    private static func best(of runs: Int, before: () throws -> Void = {}, _ work: () throws -> Void) throws -> Taken {
        var best: Taken?
        for _ in 0..<runs {
            try before()
            let (start, cpu) = (Measure.clock.now, Measure.cpuSeconds())
            try work()
            let taken = Taken(seconds: (Measure.clock.now - start) / .seconds(1), cpu: Measure.cpuSeconds() - cpu)
            if taken.seconds < best?.seconds ?? .infinity { best = taken }
        }
        return best ?? Taken(seconds: 0, cpu: 0)
    }

    private static func say(_ what: String, _ taken: Taken, of full: Taken? = nil) {
        var text = "\(what): " + String(format: "%.2f ms, CPU %.2f ms", taken.seconds * 1_000, taken.cpu * 1_000)
        if let full {
            text += String(
                format: "; %.1f %% of a full replay (CPU %.1f %%)", 100 * taken.seconds / full.seconds,
                100 * taken.cpu / full.cpu)
        }
        Measure.say(text)
    }
}

extension Measure {
    /// CPU time of all threads so far.
    static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
