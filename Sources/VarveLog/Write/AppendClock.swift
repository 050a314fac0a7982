// Append times do not go back, except when the previous one is in the future by more than clocks differ. Then some clock was
// wrong, and keeping its time would stamp all later events with it (docs/format/segment.md, "Append times").

internal import VarveEvents

struct AppendClock {
    let now: Int64
    private let previous: Int64

    /// `previous` is the append time of the latest event.
    init(now: Int64, previous: Int64) {
        self.now = now
        self.previous = previous
    }

    /// Times above this are in the future.
    private var bound: Int64 {
        let (bound, overflow) = now.addingReportingOverflow(EventLimits.clockToleranceNanoseconds)
        return overflow ? .max : bound
    }

    /// The lowest append time for the next event.
    private var floor: Int64 { previous <= bound ? previous : .min }

    /// The error to report when append times go back; nil when they do not.
    var fault: String? {
        guard previous > bound else { return nil }
        return "the latest event was appended at \(previous) ns since 1970, but the clock shows \(now): one of them is wrong; "
            + "events are stamped by the clock"
    }

    /// Append times for the rows of `batch`: the ones it brings, raised to be monotonic, or `now`.
    func stamps(_ batch: EventBatch) -> [Int64] {
        guard !batch.observed.isEmpty else { return [Int64](repeating: max(floor, now), count: batch.rowCount) }
        var latest = floor
        return batch.observed.map { time in
            latest = max(latest, time)
            return latest
        }
    }

    /// The error for supplied append times that are in the future; nil when there are none.
    func refusal(_ observed: [Int64]) -> LogError? {
        guard let time = observed.first(where: { $0 > bound }) else { return nil }
        return LogError(
            .batchRefused, "an event has the append time \(time) ns since 1970, and the clock shows \(now)")
    }
}

extension EventBatch {
    /// The batch without append times.
    var withoutObserved: EventBatch {
        if observed.isEmpty { return self }
        var batch = self
        batch.observed = []
        return batch
    }
}
