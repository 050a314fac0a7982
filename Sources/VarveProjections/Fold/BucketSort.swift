internal import VarveEvents

/// Sorts an out-of-order batch by bucket within each group: a stable counting sort, O(rows + groups × buckets).
struct BucketSort {
    /// The buckets that occur, ascending.
    private(set) var buckets: [Int64]
    /// As in `BatchRuns`: per group, the start of each bucket's rows, followed by the end.
    private(set) var bounds: [[Int]]
    /// As in `BatchRuns`: per group, the positions in bucket order.
    private(set) var order: [[UInt32]]

    init(_ batch: EventBatch, _ level: BucketLevel) {
        var numbers = [UInt32](repeating: 0, count: batch.rowCount)
        buckets = batch.times.withUnsafeBufferPointer { Self.number($0, level, &numbers) }
        (bounds, order) = ([], [])
        switch batch.groupOfRow {
        case .constant, .identity: place(batch, numbers) { _ in 0 }
        case .u8(let codes): codes.withUnsafeBufferPointer { codes in place(batch, numbers) { Int(codes[$0]) } }
        case .u16(let codes): codes.withUnsafeBufferPointer { codes in place(batch, numbers) { Int(codes[$0]) } }
        case .u32(let codes): codes.withUnsafeBufferPointer { codes in place(batch, numbers) { Int(codes[$0]) } }
        }
    }

    @inline(__always)
    private mutating func place(_ batch: EventBatch, _ numbers: [UInt32], _ groupOfRow: (Int) -> Int) {
        let groups = batch.groups.count
        let width = buckets.count
        // Entry (group, bucket) of the flat table: first the number of rows; after summation, their start among all rows in
        // group order.
        var starts = [UInt32](repeating: 0, count: groups * width + 1)
        var next = [UInt32](repeating: 0, count: groups)
        var sorted = [UInt32](repeating: 0, count: numbers.count)
        starts.withUnsafeMutableBufferPointer { starts in
            numbers.withUnsafeBufferPointer { numbers in
                for row in numbers.indices { starts[groupOfRow(row) * width + Int(numbers[row]) + 1] &+= 1 }
                for slot in 1..<starts.count { starts[slot] &+= starts[slot - 1] }
            }
        }
        bounds = (0..<groups).map { group in
            let base = starts[group * width]
            return starts[(group * width)...((group + 1) * width)].map { Int($0 - base) }
        }
        let first = (0...groups).map { Int(starts[$0 * width]) }
        starts.withUnsafeMutableBufferPointer { starts in
            next.withUnsafeMutableBufferPointer { next in
                sorted.withUnsafeMutableBufferPointer { sorted in
                    numbers.withUnsafeBufferPointer { numbers in
                        for row in numbers.indices {
                            let group = groupOfRow(row)
                            let slot = group * width + Int(numbers[row])
                            sorted[Int(starts[slot])] = next[group]
                            starts[slot] &+= 1
                            next[group] &+= 1
                        }
                    }
                }
            }
        }
        order = (0..<groups).map { Array(sorted[first[$0]..<first[$0 + 1]]) }
    }

    /// Writes the index of each row's bucket into `numbers`, and returns the buckets in ascending order.
    private static func number(
        _ times: UnsafeBufferPointer<Int64>, _ level: BucketLevel, _ numbers: inout [UInt32]
    ) -> [Int64] {
        guard let length = level.nanoseconds, let first = times.first else { return times.isEmpty ? [] : [0] }
        var (least, greatest) = (first, first)
        for time in times {
            least = min(least, time)
            greatest = max(greatest, time)
        }
        let low = level.bucket(of: least)
        let span = level.bucket(of: greatest) - low + 1
        // A table of the whole span is used if it is not much larger than the batch, which is nearly always the case.
        guard span <= Swift.max(1 << 16, times.count * 4) else { return numberSparse(times, level, &numbers) }
        let start = low &* length
        var table = [UInt32](repeating: 0, count: Int(span))
        let division = Division(by: UInt64(length))
        table.withUnsafeMutableBufferPointer { table in
            numbers.withUnsafeMutableBufferPointer { numbers in
                for row in times.indices {
                    let bucket = division.quotient(UInt64(bitPattern: times[row] &- start))
                    numbers[row] = UInt32(truncatingIfNeeded: bucket)
                    table[Int(bucket)] = 1
                }
            }
        }
        var buckets: [Int64] = []
        for index in table.indices where table[index] != 0 {
            table[index] = UInt32(truncatingIfNeeded: buckets.count)
            buckets.append(low + Int64(index))
        }
        if buckets.count < table.count {
            numbers.withUnsafeMutableBufferPointer { numbers in
                for row in numbers.indices { numbers[row] = table[Int(numbers[row])] }
            }
        }
        return buckets
    }

    private static func numberSparse(
        _ times: UnsafeBufferPointer<Int64>, _ level: BucketLevel, _ numbers: inout [UInt32]
    ) -> [Int64] {
        let buckets = Set(times.map { level.bucket(of: $0) }).sorted()
        let number = Dictionary(uniqueKeysWithValues: buckets.enumerated().map { ($1, UInt32(truncatingIfNeeded: $0)) })
        for row in times.indices { numbers[row] = number[level.bucket(of: times[row])] ?? 0 }
        return buckets
    }
}

/// Division by one number, as a multiplication: a third of the time of a division by a number that only the run knows.
private struct Division {
    private let divisor: UInt64
    /// 2⁶⁴ / divisor, rounded down.
    private let reciprocal: UInt64

    /// `divisor` is at least 2.
    init(by divisor: UInt64) {
        self.divisor = divisor
        reciprocal = divisor.dividingFullWidth((1, 0)).quotient
    }

    /// The product is too small by less than 1, because `number` is below 2⁶⁴: so the quotient is at most one too small.
    @inline(__always)
    func quotient(_ number: UInt64) -> UInt64 {
        let estimate = number.multipliedFullWidth(by: reciprocal).high
        return number &- estimate &* divisor >= divisor ? estimate &+ 1 : estimate
    }
}
