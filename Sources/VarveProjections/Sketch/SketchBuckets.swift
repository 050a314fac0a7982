// The buckets of one sketch as canonical bytes:
//
//     zeros LEB ‖ number of positive buckets LEB ‖ positive buckets ‖ number of negative buckets LEB ‖ negative buckets
//     bucket: gap LEB ‖ count − 1 LEB
//
// Buckets ascend by their distance from zero. The first gap is code − 62 335, the later ones are code − previous − 1.

enum SketchBuckets {
    /// Reads the buckets of one sketch, strictly, and hands each to `body`; returns the sum of their counts.
    static func read(_ reader: inout StateReader, _ body: (Int32, UInt64) -> Void) throws(StateError) -> UInt64 {
        var total = try reader.leb()
        if total > 0 { body(0, total) }
        for sign in [Int32(1), -1] {
            let number = try reader.leb()
            guard number <= UInt64(reader.remaining / 2) else { throw reader.fail("\(number) buckets") }
            var next = UInt64(SketchCode.smallest)
            for _ in 0..<number {
                let gap = try reader.leb()
                guard gap <= UInt64(SketchCode.largest), next + gap <= UInt64(SketchCode.largest) else {
                    throw reader.fail("a bucket beyond the largest number")
                }
                let (count, countOverflow) = try reader.leb().addingReportingOverflow(1)
                let (sum, sumOverflow) = total.addingReportingOverflow(count)
                guard !countOverflow, !sumOverflow else { throw reader.fail("counts above 2⁶⁴") }
                total = sum
                body(sign * Int32(truncatingIfNeeded: next + gap), count)
                next += gap + 1
            }
        }
        return total
    }
}

/// Adds up buckets of one cell and writes them. Reused from cell to cell: the window is a dense table of which only the span in
/// use is looked at and cleared.
struct SketchMerger {
    private var window = [UInt64](repeating: 0, count: SketchCode.windowSize)
    private var low = SketchCode.windowSize
    private var high = 0
    private var zeros: UInt64 = 0
    /// Buckets outside the window; few.
    private var outliers: [(code: Int32, count: UInt64)] = []

    mutating func add(_ names: ArraySlice<UInt16>) {
        for name in names {
            if name == 0 {
                zeros &+= 1
            } else {
                let index = Int(name)
                window[index] &+= 1
                low = min(low, index)
                high = max(high, index)
            }
        }
    }

    mutating func add(_ code: Int32, _ count: UInt64) {
        if let name = SketchCode.window(code) {
            if name == 0 {
                zeros &+= count
            } else {
                window[Int(name)] &+= count
                low = min(low, Int(name))
                high = max(high, Int(name))
            }
        } else {
            outliers.append((code, count))
        }
    }

    /// Writes the sum of what was added, and forgets it.
    mutating func write(_ out: inout StateWriter) {
        outliers.sort { $0.code < $1.code }
        out.leb(zeros)
        writePositive(&out)
        let negative = outliers.filter { $0.code < 0 }.reversed().map { (code: -$0.code, count: $0.count) }
        write(Self.joined(negative), &out)
        zeros = 0
        low = SketchCode.windowSize
        high = 0
        outliers.removeAll(keepingCapacity: true)
    }

    private mutating func writePositive(_ out: inout StateWriter) {
        var buckets: [(code: Int32, count: UInt64)] = []
        if low <= high {
            buckets.reserveCapacity(high - low + 1)
            for index in low...high where window[index] > 0 {
                buckets.append((Int32(truncatingIfNeeded: index) + SketchCode.windowOffset, window[index]))
                window[index] = 0
            }
        }
        if !outliers.isEmpty {
            buckets += outliers.filter { $0.code > 0 }
            buckets.sort { $0.code < $1.code }
        }
        write(outliers.isEmpty ? buckets : Self.joined(buckets), &out)
    }

    /// Equal codes, which are neighbours, as one.
    private static func joined(_ buckets: [(code: Int32, count: UInt64)]) -> [(code: Int32, count: UInt64)] {
        var joined: [(code: Int32, count: UInt64)] = []
        for bucket in buckets {
            if joined.last?.code == bucket.code {
                joined[joined.count - 1].count &+= bucket.count
            } else {
                joined.append(bucket)
            }
        }
        return joined
    }

    private func write(_ buckets: [(code: Int32, count: UInt64)], _ out: inout StateWriter) {
        out.leb(UInt64(buckets.count))
        var next = SketchCode.smallest
        for bucket in buckets {
            out.leb(UInt64(bucket.code - next))
            out.leb(bucket.count - 1)
            next = bucket.code + 1
        }
    }
}
