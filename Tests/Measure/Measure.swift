import Foundation
import Synchronization
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveViews

/// What is measured of views, by hand and on a machine that does nothing else (docs/performance.md):
///
///     varve-measure asof DATA COUNT SEED       five views as of COUNT random offsets: median and worst time; with a view's name
///                                              behind it that one, rows alone
///     varve-measure copy DATA TARGET ROWS      the same events in a new log, in segments of ROWS rows
///     varve-measure rebuild DATA               a full replay; after one segment was damaged in a copy of the log; after a
///                                              segment was compacted; and by a new process, from states/
///     varve-measure rows DATA EVENTS           appends rows that lie in memory to a new log: CPU and wall time, all durable
///     varve-measure follow DATA RATE SECONDS   appends RATE events a second beside `varve project --follow`, which runs
///                                              already: from append to visible, in milliseconds
///     varve-measure append DATA FILE …         appends by many producers at once (AppendLoad.swift)
///     varve-measure subscribers DATA COUNT SECONDS   COUNT subscribers of the change feed for whom nothing comes
///     varve-measure open DATA                  opens the log as its writer and closes it: how long, and what was found
@main enum Measure {
    static let views: [ViewDefinition] = [.rollbackRate, .retrySuccess, .latency, .volume, .activeUsers]
    static let clock = ContinuousClock()

    static func main() async throws {
        let arguments = CommandLine.arguments
        func number(_ index: Int) -> Int { arguments.indices.contains(index) ? Int(arguments[index]) ?? 0 : 0 }
        guard arguments.count > 2 else {
            say("usage: varve-measure asof|copy|rebuild|rows|follow|append|open|subscribers DATA …")
            exit(64)
        }
        switch arguments[1] {
        case "asof": try asOf(arguments[2], max(1, number(3)), UInt64(number(4)), arguments.count > 5 ? arguments[5] : nil)
        case "copy": try await copy(arguments[2], arguments.count > 3 ? arguments[3] : "", max(1, number(4)))
        case "rebuild": try Rebuild.measure(arguments[2])
        case "rows":
            var appends = RowAppends(events: max(1, number(3)))
            let (cpu, wall) = try await appends.run(arguments[2])
            let each = cpu / Double(max(1, number(3))) * 1e6
            say(String(format: "%.3f µs of CPU an event, %.2f M events/s per core; %.2f s in all", each, 1 / each, wall))
        case "follow": try await follow(arguments[2], max(1, number(3)), max(1, number(4)))
        case "append": try await AppendLoad(Array(arguments.dropFirst(2))).run()
        case "open": try await open(arguments[2])
        case "subscribers": try await Subscribers.wait(arguments[2], count: max(1, number(3)), seconds: max(1, number(4)))
        default:
            say("unknown: \(arguments[1])")
            exit(64)
        }
    }

    static func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    static var pid: Int32 { ProcessInfo.processInfo.processIdentifier }

    static func milliseconds(_ start: ContinuousClock.Instant) -> Double {
        (clock.now - start) / .milliseconds(1)
    }

    static func spread(_ values: [Double]) -> String {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return "of none" }
        func at(_ share: Double) -> String {
            String(format: "%.2f", sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
        }
        return "p50 \(at(0.5)) p90 \(at(0.9)) p99 \(at(0.99)) max \(at(1)) ms of \(sorted.count)"
    }

    /// Per view an answer by the day over all of the prefix, and one whole state.
    private static func asOf(_ data: String, _ count: Int, _ seed: UInt64, _ name: String?) throws {
        let history = try ViewHistory.open(at: data)
        let answers = try ViewAnswers.open(at: data)
        let end = try history.offset(.now).value
        let views = views.filter { name == nil || $0.name == name }
        for view in views { _ = try history.hash(of: view) }
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        for view in views {
            var rows: [Double] = []
            var whole: [Double] = []
            var cpu = 0.0
            for _ in 0..<count {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                let moment = AsOf.offset(Offset(state % (end + 1)))
                let used = cpuSeconds()
                var start = clock.now
                _ = try answers.answer(ViewRequest(.mergeable(view), source: .log, asOf: moment, bucket: .day))
                rows.append(milliseconds(start))
                cpu += cpuSeconds() - used
                if name != nil { continue }
                start = clock.now
                _ = try history.state(of: view, asOf: moment)
                whole.append(milliseconds(start))
            }
            say(
                "\(view.name): rows by day \(spread(rows)), mean CPU of all threads "
                    + String(format: "%.2f ms", cpu * 1_000 / Double(count))
                    + (whole.isEmpty ? "" : "; whole state \(spread(whole))"))
        }
    }

    /// The same events in segments of another length.
    private static func copy(_ data: String, _ target: String, _ rows: Int) async throws {
        guard !target.isEmpty else { return say("where to?") }
        let reader = try LogReader.open(at: data)
        var options = LogOptions()
        options.segmentRows = rows
        options.keepsObserved = true
        let writer = try await LogWriter.open(at: target, options: options)
        for start in stride(from: 0, to: try reader.durable().value, by: min(rows, 50_000)) {
            var parts: [EventBatch] = []
            try reader.scan(start..<(start + UInt64(min(rows, 50_000)))) { parts.append($0) }
            for part in parts { _ = try await writer.append(part) }
        }
        try await writer.close()
        say("\(try LogReader.open(at: target).segments().count) segments")
    }

    /// Batches of a hundredth of a second, each with its time; visible is when a read-only connection sees a checkpoint past it.
    private static func follow(_ data: String, _ rate: Int, _ seconds: Int) async throws {
        let writer = try await LogWriter.open(at: data)
        let pending = Mutex<[(end: UInt64, start: ContinuousClock.Instant)]>([])
        let isDone = Atomic(false)
        let visible = Mutex<[Double]>([])
        let watcher = Thread {
            guard let store = try? ViewStore.open(at: data) else {
                say("no projector follows this log: start varve project --data \(data) --follow beside this")
                exit(1)
            }
            while true {
                let offset = (try? store.read { reader throws(ViewError) in try reader.checkpoint() }.offset.value) ?? 0
                let seen = pending.withLock { pending in
                    let count = pending.firstIndex { $0.end > offset } ?? pending.count
                    defer { pending.removeFirst(count) }
                    return pending.prefix(count).map { milliseconds($0.start) }
                }
                visible.withLock { $0 += seen }
                if isDone.load(ordering: .relaxed), pending.withLock({ $0.isEmpty }) {
                    return isDone.store(false, ordering: .relaxed)
                }
                usleep(500)
            }
        }
        watcher.start()
        var traffic = Traffic(rate / 100)
        var acknowledged: [Double] = []
        let begin = clock.now
        for tick in 0..<(seconds * 100) {
            let due = begin + .milliseconds(10) * tick
            if due > clock.now { try await Task.sleep(until: due, clock: clock) }
            let start = clock.now
            let receipt = try await writer.append(traffic.next())
            acknowledged.append(milliseconds(start))
            if let end = receipt.offsets?.upperBound { pending.withLock { $0.append((end, start)) } }
            if tick % 3_000 == 2_999 { say("\(tick / 100 + 1) s: visible \(visible.withLock { spread($0) })") }
        }
        let took = milliseconds(begin) / 1_000
        try await writer.close()
        isDone.store(true, ordering: .relaxed)
        while isDone.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(20)) }
        say("\(seconds * rate) events in \(String(format: "%.1f", took)) s; append to durable \(spread(acknowledged))")
        say("append to visible \(visible.withLock { spread($0) })")
    }
}

/// Events as the five views want them.
private struct Traffic {
    let count: Int
    private var state: UInt64 = 88_172_645_463_325_252
    private var builder = BatchBuilder()

    init(_ count: Int) {
        self.count = max(1, count)
    }

    private mutating func random(_ below: UInt64) -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state % below
    }

    mutating func next() -> EventBatch {
        let signals = [
            "optimistic_action.start", "optimistic_action.rollback", "retry.attempt", "retry.success", "retry.failure",
        ]
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        for _ in 0..<count {
            let event = Event(
                time: now, signal: signals[Int(random(5))], component: "Component\(random(50))", user: "user_\(random(20_000))",
                attributes: [
                    Attribute("api_endpoint", .string("/api/\(random(20))")),
                    Attribute("duration_ms", .double(Double(random(50_000)) / 10)),
                ])
            builder.append(event)
        }
        return builder.finish()
    }
}
