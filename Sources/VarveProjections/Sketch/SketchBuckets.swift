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

extension SketchBuckets {
    /// The same for bytes that this process wrote: nothing is checked but the end.
    static func forEach(_ bytes: UnsafeRawBufferPointer, _ body: (Int32, UInt64) -> Void) {
        var position = 0
        func leb() -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { break }
                shift += 7
            }
            return value
        }
        let zeros = leb()
        if zeros > 0 { body(0, zeros) }
        for sign in [Int32(1), -1] {
            var next = SketchCode.smallest
            for _ in 0..<leb() {
                next &+= Int32(truncatingIfNeeded: leb())
                body(sign * next, leb() &+ 1)
                next &+= 1
            }
        }
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

    /// Adds names of a log, one value each.
    mutating func add(_ names: [UInt16], _ range: Range<Int>) {
        names.withUnsafeBufferPointer { names in
            window.withUnsafeMutableBufferPointer { window in
                for index in range where names[index] != DecimalWindows.outside {
                    let name = Int(names[index])
                    window[name] &+= 1
                    low = min(low, name)
                    high = max(high, name)
                }
            }
        }
        // Zero's name is 0, which is no bucket: it is counted apart.
        zeros &+= window[0]
        window[0] = 0
        low = max(low, 1)
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
        guard outliers.isEmpty else {
            var buckets: [(code: Int32, count: UInt64)] = outliers.filter { $0.code > 0 }
            if low <= high {
                for index in low...high where window[index] > 0 {
                    buckets.append((Int32(truncatingIfNeeded: index) + SketchCode.windowOffset, window[index]))
                    window[index] = 0
                }
            }
            buckets.sort { $0.code < $1.code }
            return write(Self.joined(buckets), &out)
        }
        guard low <= high else { return out.leb(0) }
        // Only the window, as nearly always: straight from the table.
        window.withUnsafeMutableBufferPointer { window in
            var number: UInt64 = 0
            for index in low...high { number += window[index] > 0 ? 1 : 0 }
            out.leb(number)
            var next = Int(SketchCode.smallest - SketchCode.windowOffset)
            for index in low...high where window[index] > 0 {
                out.leb(UInt64(index - next))
                out.leb(window[index] - 1)
                next = index + 1
                window[index] = 0
            }
        }
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
