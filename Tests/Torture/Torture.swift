import Foundation
import VarveCatalog
import VarveCrashSimulator
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveViews

/// What tests run in processes of their own, and long runs by hand (docs/testing.md):
///
///     varve-torture simulate STATES SEED THREADS   crash states on the simulated disk, 5,000 of each seed from SEED on
///     varve-torture forge FRAMES SEED        forged frames against the decoder
///     varve-torture frames DIR COUNT         writes frames as files: where a fuzzer begins
///     varve-torture write DIR FROM ROWS      appends events FROM, FROM + 1 … for ever; segments of ROWS events
///     varve-torture follow DIR END PROGRESS  follows from offset 0 on, until the file END says how many events there are;
///                                            says in the file PROGRESS how many it has seen
///     varve-torture maintain DIR READERS     compacts, and removes what all READERS have seen, for ever: DIR.progress.0, .1 …
///     varve-torture segments DIR N           a log with N sealed segments and an active one; killed by itself
///     varve-torture find DIR SESSIONS        how long finding that many sessions takes, and how many frames are opened
///     varve-torture project DIR NAME EVENTS  a projector that commits every EVENTS events, and says each offset it commits
///     varve-torture stores DIR COUNT SEED    damages a view store so often, in the new directory DIR
///     varve-torture open DIR                 opens a log for writing, says so, and closes it
///     varve-torture ids DIR COUNT MIB        COUNT events with ids in a new log, with MIB of memory for them: rates and memory
@main enum Torture {
    static func main() async throws {
        let arguments = CommandLine.arguments
        func number(_ index: Int) -> Int { arguments.indices.contains(index) ? Int(arguments[index]) ?? 0 : 0 }
        let path = arguments.count > 2 ? arguments[2] : ""
        switch arguments.dropFirst().first {
        case "simulate": await simulate(states: number(2), seed: UInt64(number(3)), threads: number(4))
        case "forge": forge(frames: number(2), seed: UInt64(number(3)))
        case "frames":
            for (index, frame) in ForgedFrames.samples(number(3), seed: 1).enumerated() {
                try Data(frame).write(to: URL(filePath: path).appending(path: "frame-\(index)"))
            }
        case "write": try await write(path, from: number(3), segmentRows: number(4))
        case "follow":
            guard arguments.count > 4 else { exit(64) }
            try await follow(path, end: arguments[3], progress: arguments[4])
        case "maintain":
            var maintainer = Maintainer(path, readers: number(3))
            try maintainer.run()
        case "segments": try await segments(path, count: number(3))
        case "open": try await open(path)
        case "project":
            guard arguments.count > 4 else { exit(64) }
            try project(path, arguments[3], events: number(4))
        case "stores":
            var damage = try await StoreDamage(path, seed: UInt64(number(4)))
            let counts = try damage.run(number(3))
            say(counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n"))
        case "find": try Finding.run(path, sessions: number(3))
        case "ids": try await IDLoad.run(path, max(1, number(3)), number(4))
        default:
            say("usage: varve-torture simulate|forge|stores|write|follow|maintain|segments|project|open|find|ids …")
            exit(64)
        }
    }

    private static func project(_ path: String, _ name: String, events: Int) throws {
        var options = ProjectorOptions()
        options.threads = 1
        options.eventsPerCommit = UInt64(max(1, events))
        // Told after every commit, so that those that are synced are hit as often as the others.
        options.registryNanoseconds = 0
        _ = try Projector.open(at: path, name: name, views: ViewDefinition.builtIn, options: options)
            .runHere { say("committed \($0.offset)") }
    }

    static func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    /// Runs of a few thousand states, each with a seed of its own, so that one that fails is repeated alone.
    static func simulate(states: Int, seed: UInt64, threads: Int) async {
        let start = ContinuousClock.now
        let size = min(states, 5_000)
        let seeds = (0..<max(1, states / size)).map { seed + UInt64($0) }
        let next = Monitor(seeds.makeIterator())
        let run = await withTaskGroup(of: CrashRun.self) { group in
            for _ in 0..<max(1, threads) {
                group.addTask {
                    var sum = CrashRun(seed: seed)
                    while sum.failures.isEmpty, let seed = next.withLock({ $0.next() }) {
                        var one = CrashRun(seed: seed)
                        one.run(states: size)
                        sum.add(one)
                    }
                    return sum
                }
            }
            var all = CrashRun(seed: seed)
            for await part in group { all.add(part) }
            return all
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let witnesses = run.witnesses.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let rate = Int(Double(run.states) / seconds)
        let range = "seeds \(seed) to \(seeds.last ?? seed)"
        say("\(run.states) crash states, \(range), \(Int(seconds)) s, \(rate) a second; \(witnesses)")
        run.failures.forEach(say)
        let missing = CrashRun.expected.filter { run.witnesses[$0] == nil }
        if !missing.isEmpty { say("never seen: \(missing)") }
        exit(run.failures.isEmpty && missing.isEmpty ? 0 : 1)
    }

    static func forge(frames: Int, seed: UInt64) {
        let start = ContinuousClock.now
        let (refused, decoded) = ForgedFrames.run(count: frames, seed: seed)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        say("\(frames) forged frames, seed \(seed), \(Int(seconds)) s: \(refused) refused, \(decoded) decoded, no trap")
    }

    static func write(_ path: String, from first: Int, segmentRows: Int) async throws {
        let log = try await LogWriter.open(at: path, options: SmallLog.options(segmentRows: segmentRows, clockRuns: true))
        var next = first
        while true {
            _ = try await log.append(SmallLog.batch(next..<(next + 20)))
            next += 20
            say("next \(next)")
        }
    }

    /// Events 0, 1, 2 … at offsets 0, 1, 2 …, until the file `end` says how many there are and all of them have come.
    static func follow(_ path: String, end: String, progress: String) async throws {
        let seen = Monitor(Follower())
        // A follower waits for events; what makes it stop comes from beside.
        startBlockingThread {
            while true {
                usleep(20_000)
                try? Data("\(seen.withLock { $0.count })\n".utf8).write(to: URL(filePath: progress), options: .atomic)
                let text = (try? String(contentsOfFile: end, encoding: .utf8)) ?? ""
                guard let count = Int(text.dropLast()) else { continue }
                let follower = seen.withLock { $0 }
                guard follower.count >= count || follower.fault != nil else { continue }
                say(follower.fault ?? "\(follower.count) events")
                exit(follower.fault == nil ? 0 : 1)
            }
        }
        let log = try LogReader.open(at: path)
        for try await batch in log.follow(from: Offset(0), onDamage: { damage in seen.withLock { $0.fault = "\(damage)" } }) {
            batch.forEachEvent { offset, event in
                seen.withLock { $0.take(offset, event) }
            }
        }
    }

    /// What a follower has seen.
    struct Follower: Sendable {
        var count = 0
        var fault: String?

        mutating func take(_ offset: Offset, _ event: Event) {
            let isDue = offset.value == UInt64(count) && event[attribute: "number"] == .int64(Int64(count))
            if !isDue, fault == nil { fault = "offset \(offset), \(event) comes where event \(count) is due" }
            count += 1
        }
    }

    static func segments(_ path: String, count: Int) async throws {
        let log = try await LogWriter.open(at: path, options: SmallLog.options(segmentRows: 4, clockRuns: true))
        for number in 0...count { _ = try await log.append(SmallLog.batch(number * 4..<(number * 4 + 4))) }
        // Sealing runs behind appending: not all of the N are sealed until the manifest says so.
        while try LogReader.open(at: path).segments().count(where: \.isSealed) < count { usleep(5_000) }
        kill(getpid(), SIGKILL)
    }

    static func open(_ path: String) async throws {
        let log = try await LogWriter.open(at: path)
        say("ready")
        try await log.close()
    }
}
