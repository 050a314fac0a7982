internal import VarveEvents

/// A batch cut into runs of rows of one time bucket, and where each signal's rows of a run stand.
///
/// Events come nearly in order of time, so 65,536 rows are a few runs: the times are looked at once, there is no division per
/// row, and in group order each signal's rows of a run are a range. A batch that is out of order (many more runs than buckets)
/// is sorted by bucket, stably, within each group: `order` then says which position stands where, and everything after works
/// on ranges all the same.
struct BatchRuns {
    /// The bucket of each run, at the finest level.
    var buckets: [Int64]
    /// Per group, the start of each run within it, and its end at last: runs + 1 entries from 0 to the group's size.
    var bounds: [[Int]]
    /// Per group, the positions (from the group's start) in the order of the runs; nil when they are in order already.
    var order: [[UInt32]]?

    /// Out of order is what has more than twice as many runs as buckets, and more than this many.
    static let runsTolerated = 24

    init(_ batch: EventBatch, level: BucketLevel) {
        let scanned = batch.times.withUnsafeBufferPointer { Self.scan($0, level) }
        buckets = scanned.buckets
        bounds = []
        if buckets.count > Self.runsTolerated {
            let distinct = Set(buckets).sorted()
            if buckets.count > distinct.count * 2 {
                sort(batch, scanned.starts, distinct)
                return
            }
        }
        bounds = Self.bounds(batch, scanned.starts)
    }

    private static func scan(_ times: UnsafeBufferPointer<Int64>, _ level: BucketLevel) -> (buckets: [Int64], starts: [Int]) {
        guard let length = level.nanoseconds, !times.isEmpty else { return ([0], [0, times.count]) }
        let span = UInt64(length)
        var buckets: [Int64] = []
        var starts: [Int] = []
        var row = 0
        while row < times.count {
            let bucket = level.bucket(of: times[row])
            let low = bucket &* length
            if buckets.last != bucket {
                buckets.append(bucket)
                starts.append(row)
            }
            row += 1
            while row + 32 <= times.count {
                // Negative as soon as one time lies before the bucket or after it; no branch, so that the loop is vectorised.
                var outside: Int64 = 0
                for index in row..<(row + 32) {
                    let since = times[index] &- low
                    outside |= since | (length &- 1 &- since)
                }
                if outside < 0 { break }
                row += 32
            }
            while row < times.count, UInt64(bitPattern: times[row] &- low) < span { row += 1 }
        }
        starts.append(times.count)
        return (buckets, starts)
    }

    private static func bounds(_ batch: EventBatch, _ starts: [Int]) -> [[Int]] {
        var bounds = batch.groups.map { _ in [Int](repeating: 0, count: starts.count) }
        let last = starts.count - 1
        for run in 1..<starts.count {
            if run == last {
                for (group, signal) in batch.groups.enumerated() { bounds[group][last] = signal.positions.count }
            } else {
                let counts = batch.groupOfRow.histogram(starts[run - 1]..<starts[run], limit: batch.groups.count)
                for group in batch.groups.indices { bounds[group][run] = bounds[group][run - 1] + Int(counts[group]) }
            }
        }
        return bounds
    }

    private mutating func sort(_ batch: EventBatch, _ starts: [Int], _ distinct: [Int64]) {
        let number = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        let numberOfRun = buckets.map { number[$0] ?? 0 }
        var counts = batch.groups.map { _ in [Int](repeating: 0, count: distinct.count + 1) }
        for run in numberOfRun.indices {
            for row in starts[run]..<starts[run + 1] { counts[batch.groupOfRow[row]][numberOfRun[run] + 1] += 1 }
        }
        for group in counts.indices { for index in distinct.indices { counts[group][index + 1] += counts[group][index] } }
        var next = counts
        var position = [UInt32](repeating: 0, count: batch.groups.count)
        var order = batch.groups.map { [UInt32](repeating: 0, count: $0.positions.count) }
        for run in numberOfRun.indices {
            for row in starts[run]..<starts[run + 1] {
                let group = batch.groupOfRow[row]
                order[group][next[group][numberOfRun[run]]] = position[group]
                next[group][numberOfRun[run]] += 1
                position[group] += 1
            }
        }
        buckets = distinct
        bounds = counts
        self.order = order
    }

    /// The runs as they are at a coarser level: neighbours in one bucket are one.
    func coarsened(from finest: BucketLevel, to level: BucketLevel) -> [LevelRun] {
        var runs: [LevelRun] = []
        for (index, bucket) in buckets.enumerated() {
            let coarse = finest.coarsen(bucket, to: level)
            if runs.last?.bucket == coarse {
                runs[runs.count - 1].end = index + 1
            } else {
                runs.append(LevelRun(bucket: coarse, first: index, end: index + 1))
            }
        }
        return runs
    }
}

/// Runs `first ..< end` of a batch, which lie in one bucket of some level.
struct LevelRun {
    var bucket: Int64
    var first: Int
    var end: Int
}
