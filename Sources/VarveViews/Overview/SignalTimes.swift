internal import Synchronization
internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// The number of events of a signal, and their first and last event times.
struct SignalTimes {
    var count: Int64 = 0
    var first = Timestamp(nanoseconds: .max)
    var last = Timestamp(nanoseconds: .min)

    mutating func add(_ other: SignalTimes) {
        count += other.count
        first = min(first, other.first)
        last = max(last, other.last)
    }

    /// The times of each signal in `range`. Reads only event times; threads take one segment after another. Damage is not
    /// reported here, because scans of the columns report it.
    static func run(_ reader: LogReader, _ range: Range<UInt64>, threads: Int) throws(ViewError) -> [String: SignalTimes] {
        let segments = try typed(at: "log") { try reader.segments() }
        let left = Mutex(segments[...])
        let results = onThreads(threads) { _ in
            Result { () throws(ViewError) in
                var found: [String: SignalTimes] = [:]
                while let segment = left.withLock({ $0.popFirst() }) {
                    let part = (segment.firstOffset.value..<segment.endOffset.value).clamped(to: range)
                    let cursor = LogCursor(reader, select: ColumnSelection(keys: [], times: true, observed: false))
                    try typed(at: segment.path) {
                        try cursor.scan(part, durable: Offset(range.upperBound)) { batch in
                            for (signal, times) in batch.signalTimes { found[signal, default: SignalTimes()].add(times) }
                        }
                    }
                }
                return found
            }
        }
        var merged: [String: SignalTimes] = [:]
        for result in results { for (signal, times) in try result.get() { merged[signal, default: SignalTimes()].add(times) } }
        return merged
    }
}

extension EventBatch {
    fileprivate var signalTimes: [(String, SignalTimes)] {
        var found = groups.map { ($0.signal, SignalTimes(count: Int64($0.positions.count))) }
        for row in 0..<rowCount {
            let group = groups.count == 1 ? 0 : groupOfRow[row]
            let time = Timestamp(nanoseconds: times[row])
            if time < found[group].1.first { found[group].1.first = time }
            if time > found[group].1.last { found[group].1.last = time }
        }
        return found
    }
}
