internal import VarveEvents

/// A batch divided into runs of rows of one time bucket, with the position of each signal's rows in each run.
///
/// Events arrive nearly in time order, so 65,536 rows are a few runs: the times are read once, there is no division per row,
/// and in group order each signal's rows of a run are a range. A batch that is out of order (many more runs than buckets) is
/// sorted by bucket, stably, within each group (`BucketSort`): `order` then gives the position of each row, and all later steps
/// still work on ranges.
struct BatchRuns {
    /// The bucket of each run, at the finest level.
    var buckets: [Int64]
    /// Per group, the start of each run within it, followed by its end: runs + 1 entries from 0 to the group's size.
    var bounds: [[Int]]
    /// Per group, the positions (from the group's start) in run order; nil if they are already in order.
    var order: [[UInt32]]?

    /// Up to this many runs, sorting is never needed.
    static let runsTolerated = 24

    init(_ batch: EventBatch, level: BucketLevel) {
        guard let scanned = batch.times.withUnsafeBufferPointer({ Self.scan($0, level) }) else {
            let sorted = BucketSort(batch, level)
            (buckets, bounds, order) = (sorted.buckets, sorted.bounds, sorted.order)
            return
        }
        buckets = scanned.buckets
        bounds = Self.bounds(batch, scanned.starts)
    }

    /// The runs of `times`; nil if there are so many more runs than buckets that sorting pays.
    private static func scan(_ times: UnsafeBufferPointer<Int64>, _ level: BucketLevel) -> (buckets: [Int64], starts: [Int])? {
        guard let length = level.nanoseconds, !times.isEmpty else { return ([0], [0, times.count]) }
        let span = UInt64(length)
        var buckets: [Int64] = []
        var starts: [Int] = []
        let tolerated = tolerated(times, level)
        var row = 0
        while row < times.count {
            let bucket = level.bucket(of: times[row])
            let low = bucket &* length
            if buckets.last != bucket {
                buckets.append(bucket)
                starts.append(row)
                if buckets.count > tolerated { return nil }
            }
            row += 1
            while row + 32 <= times.count {
                // Negative as soon as one time is outside the bucket; branchless, so that the loop is vectorised.
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

    /// The number of runs above which a batch is sorted: twice the number of buckets in its time span, or one per sixteen rows.
    private static func tolerated(_ times: UnsafeBufferPointer<Int64>, _ level: BucketLevel) -> Int {
        var (least, greatest) = (Int64.max, Int64.min)
        for time in times {
            least = min(least, time)
            greatest = max(greatest, time)
        }
        let span = UInt64(bitPattern: level.bucket(of: greatest) &- level.bucket(of: least)) &+ 1
        return max(runsTolerated, min(times.count / 16, Int(clamping: span) < Int.max / 2 ? Int(clamping: span) * 2 : Int.max))
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

    /// The runs at a coarser level: adjacent runs in the same bucket are joined.
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

/// Runs `first ..< end` of a batch, which are in one bucket of some level.
struct LevelRun {
    var bucket: Int64
    var first: Int
    var end: Int
}
