import Foundation
import Synchronization
import VarveEvents
import VarveLog

/// Many producers of one log in this process, as `Benchmarks/peers/drivers` are of a server: each keeps its window of appends
/// full until the time is over, and then waits for the answers that are due.
///
///     varve-measure append DATA FILE [--producers 64] [--in-flight 1024] [--batch 1] [--seconds 10]
///                  [--input lines|rows|events|pipelined] [--durability sync|interval]
///
/// With `lines` a producer parses the lines of NDJSON that it appends; with `rows` it has them as `Event` values and fills a
/// `BatchBuilder`. Such values, one at a time, go with `events` to `EventAppender.append`, by a task for each in flight, and with
/// `pipelined` to an `EventProducer` whose window is what may be in flight. It prints one JSON object: events acknowledged,
/// seconds until the last answer, and how long answers took.
struct AppendLoad {
    let data: String
    let file: String
    var producers = 64
    var inFlight = 1_024
    var batch = 1
    var seconds = 10.0
    var input = "lines"
    var durability = Durability.sync

    init(_ words: [String]) {
        data = words[0]
        file = words.indices.contains(1) ? words[1] : ""
        var rest = words.dropFirst(2)
        while let name = rest.popFirst() {
            guard let value = rest.popFirst(), set(name, value) else { refuse(name) }
        }
        guard !file.isEmpty else { refuse("no FILE of events") }
    }

    private mutating func set(_ name: String, _ value: String) -> Bool {
        let number = Int(value) ?? 0
        switch name {
        case "--producers": producers = number
        case "--in-flight": inFlight = number
        case "--batch": batch = number
        case "--seconds": seconds = Double(value) ?? 0
        case "--input": input = value
        case "--durability":
            guard let level = Durability(rawValue: value) else { return false }
            durability = level
        default: return false
        }
        return producers > 0 && inFlight > 0 && (1...EventLimits.rowsPerBatch).contains(batch) && seconds > 0
            && ["lines", "rows", "events", "pipelined"].contains(input)
            && (batch == 1 || input == "lines" || input == "rows")
    }

    private func refuse(_ what: String) -> Never {
        Measure.say("varve-measure append: \(what) is unknown here, lacks its value, or the value is not allowed")
        exit(64)
    }

    func run() async throws {
        let events = try EventFile(file, lines: 1_000_000, batch: batch)
        let rows = input == "lines" ? [] : try events.rows(20_000)
        let log = try await LogWriter.open(at: data)
        let begin = Measure.clock.now
        let end = begin + .seconds(seconds)
        let appender = input == "events" || input == "pipelined" ? EventAppender(log, durability: durability) : nil
        var all = AppendTally()
        try await withThrowingTaskGroup(of: AppendTally.self) { group in
            for number in 0..<producers {
                group.addTask {
                    if let appender, input == "pipelined" {
                        return try await PipelinedLoad(rows, window: inFlight, until: end).run(appender, first: number * 307)
                    }
                    if let appender { return try await produce(appender, rows, first: number * 307, until: end) }
                    var source: any BatchSource =
                        rows.isEmpty ? LineSource(events) : RowSource(rows, batch: batch, first: number * 307)
                    return try await produce(log, &source, until: end)
                }
            }
            for try await tally in group { all.add(tally) }
        }
        let took = Measure.milliseconds(begin) / 1_000
        try await log.close()
        all.report(took)
    }

    /// One task for each append in flight, which goes on as soon as it has its answer.
    private func produce(
        _ appender: EventAppender, _ rows: [Event], first: Int, until end: ContinuousClock.Instant
    ) async throws -> AppendTally {
        var tally = AppendTally()
        try await withThrowingTaskGroup(of: AppendTally.self) { group in
            for number in 0..<inFlight {
                group.addTask {
                    var tally = AppendTally()
                    var at = (first + number) % rows.count
                    var start = Measure.clock.now
                    while start < end {
                        let receipt = try await appender.append(rows[at])
                        let now = Measure.clock.now
                        tally.add(
                            Answer(
                                events: receipt.appended, isInTime: now <= end,
                                milliseconds: milliseconds(start, now)))
                        start = now
                        at = at + 1 == rows.count ? 0 : at + 1
                    }
                    return tally
                }
            }
            for try await one in group { tally.add(one) }
        }
        return tally
    }

    private func produce(
        _ log: LogWriter, _ source: inout any BatchSource, until end: ContinuousClock.Instant
    ) async throws -> AppendTally {
        var tally = AppendTally()
        let durability = durability
        try await withThrowingTaskGroup(of: Answer.self) { group in
            var open = 0
            while Measure.clock.now < end {
                if open == inFlight, let answer = try await group.next() {
                    tally.add(answer)
                    open -= 1
                }
                let start = Measure.clock.now
                let (batch, bytes) = try source.next()
                tally.payload += bytes
                group.addTask {
                    let receipt = try await log.append(batch, durability: durability)
                    let now = Measure.clock.now
                    return Answer(events: receipt.appended, isInTime: now <= end, milliseconds: milliseconds(start, now))
                }
                open += 1
            }
            while let answer = try await group.next() { tally.add(answer) }
        }
        return tally
    }
}
