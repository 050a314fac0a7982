// Append times: they do not go back, unless the one before is still to come by more than clocks differ. Then a clock was wrong,
// and holding on to its time would stamp everything from now on with it (docs/format/segment.md, "Append times").

internal import VarveEvents

struct AppendClock {
    let now: Int64
    private let previous: Int64

    /// `previous` is the append time of the latest event.
    init(now: Int64, previous: Int64) {
        self.now = now
        self.previous = previous
    }

    /// Above this a time is still to come.
    private var bound: Int64 {
        let (bound, overflow) = now.addingReportingOverflow(EventLimits.clockToleranceNanoseconds)
        return overflow ? .max : bound
    }

    /// What the next event's time is not below.
    private var floor: Int64 { previous <= bound ? previous : .min }

    /// Why append times go back.
    var fault: String? {
        guard previous > bound else { return nil }
        return "the latest event was appended at \(previous) ns since 1970, and the clock shows \(now): one of them is wrong; "
            + "events are stamped by the clock"
    }

    /// Append times for the rows of `batch`: those it brings, or now.
    func stamps(_ batch: EventBatch) -> [Int64] {
        guard !batch.observed.isEmpty else { return [Int64](repeating: max(floor, now), count: batch.rowCount) }
        var latest = floor
        return batch.observed.map { time in
            latest = max(latest, time)
            return latest
        }
    }

    /// Why append times from outside are not taken.
    func refusal(_ observed: [Int64]) -> LogError? {
        guard let time = observed.first(where: { $0 > bound }) else { return nil }
        return LogError(
            .batchRefused, "an event brings the append time \(time) ns since 1970, and the clock shows \(now)")
    }
}

extension EventBatch {
    /// The same without append times.
    var withoutObserved: EventBatch {
        if observed.isEmpty { return self }
        var batch = self
        batch.observed = []
        return batch
    }
}
