import Foundation
import VarveBatchFormat
import VarveEvents
import VarveLog

/// How long it takes to find one session in a log, and how many frames are opened for it: within ten minutes around one of its
/// events, and in the whole log. Sessions come from the middle frames of the log, evenly.
enum Finding {
    static func run(_ path: String, sessions: Int) throws {
        let log = try LogReader.open(at: path)
        let (first, end) = (try log.retained().value, try log.durable().value)
        var wanted: [(session: String, time: Timestamp)] = []
        for number in 0..<max(1, sessions) {
            let offset = first + (end - first) / UInt64(max(1, sessions) + 1) * UInt64(number + 1)
            try log.scan(offset..<min(end, offset + 100)) { batch in
                batch.forEachEvent { _, event in
                    if wanted.count <= number, let session = event.session { wanted.append((session, event.time)) }
                }
            }
        }
        let half: Int64 = 5 * 60 * 1_000_000_000
        try measure("ten minutes", log, first..<end, wanted) { wanted, filter in
            filter.from = Timestamp(nanoseconds: wanted.time.nanoseconds - half)
            filter.to = Timestamp(nanoseconds: wanted.time.nanoseconds + half)
        }
        try measure("whole log", log, first..<end, wanted) { _, _ in }
    }

    private static func measure(
        _ name: String, _ log: LogReader, _ range: Range<UInt64>, _ wanted: [(session: String, time: Timestamp)],
        _ narrow: ((session: String, time: Timestamp), inout LogFilter) -> Void
    ) throws {
        var times: [Double] = []
        var (opened, events, frames) = (0, UInt64(0), 0)
        for wanted in wanted {
            var filter = LogFilter()
            filter.session = wanted.session
            narrow(wanted, &filter)
            var best = Double.infinity
            let count = try log.scan(range, where: filter) { _ in }
            // That one has warmed the cache.
            for _ in 0..<3 {
                let start = ContinuousClock.now
                try log.scan(range, where: filter) { _ in }
                best = min(best, (ContinuousClock.now - start) / .milliseconds(1))
            }
            times.append(best)
            (opened, events, frames) = (opened + count.framesOpened, events + count.events, max(frames, count.frames))
        }
        times.sort()
        let text = [times[times.count / 2], times[times.count - 1]].map { String(format: "%.2f", $0) }
        Torture.say(
            "\(name): median \(text[0]) ms, largest \(text[1]) ms of \(times.count) sessions; \(opened) frames opened of "
                + "\(frames * times.count), \(events) events")
    }
}
