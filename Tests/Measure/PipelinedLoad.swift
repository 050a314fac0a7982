import Synchronization
import VarveEvents
import VarveLog

/// One producer that sends single events without waiting for each, as the drivers of the peers do: it waits when its window is
/// full, and is told of its events as they become durable.
///
/// The clock is read for every `step`th event, whose answer is timed, and for every acknowledgement, which speaks of many.
final class PipelinedLoad: Sendable {
    private struct Told {
        var tally = AppendTally()
        var starts: [ContinuousClock.Instant]
        var problem: LogError?
    }

    private let rows: [Event]
    private let window: Int
    private let step: Int
    private let end: ContinuousClock.Instant
    private let told: Mutex<Told>

    init(_ rows: [Event], window: Int, until end: ContinuousClock.Instant) {
        self.rows = rows
        self.window = window
        self.end = end
        step = max(1, min(64, window / 16))
        // An event is timed from before it is taken: one more than the window holds.
        told = Mutex(Told(starts: Array(repeating: end, count: window / step + 2)))
    }

    func run(_ appender: EventAppender, first: Int) async throws -> AppendTally {
        let producer = appender.producer(window: window) { self.acknowledged($0) }
        var at = first % rows.count
        var next = 0
        sending: while true {
            if next % step == 0 {
                let now = Measure.clock.now
                if now >= end { break sending }
                told.withLock { $0.starts[next / step % $0.starts.count] = now }
            }
            try await producer.send(rows[at])
            next += 1
            at = at + 1 == rows.count ? 0 : at + 1
        }
        let counts = await producer.flush()
        let (tally, problem) = told.withLock { ($0.tally, $0.problem) }
        if let problem { throw problem }
        guard counts.sent == UInt64(next), counts.appended == counts.sent, tally.acknowledged == next else {
            throw AppendProblem("\(next) events were sent, and \(counts) and \(tally.acknowledged) are told")
        }
        return tally
    }

    private func acknowledged(_ acknowledgement: Acknowledgement) {
        let now = Measure.clock.now
        told.withLock { told in
            switch acknowledgement.result {
            case .failure(let error): told.problem = told.problem ?? error
            case .success(let receipt):
                let events = acknowledgement.events
                told.tally.acknowledged += receipt.appended
                told.tally.appends += events.count
                if now <= end { told.tally.inTime += receipt.appended }
                var number = (Int(events.lowerBound) + step - 1) / step * step
                while number < Int(events.upperBound) {
                    let start = told.starts[number / step % told.starts.count]
                    told.tally.milliseconds.append(milliseconds(start, now))
                    number += step
                }
            }
        }
    }
}
