// Merges the buckets of one cell. The window is a dense table of counts with a bitmap over it, so that only the buckets in use
// are read and cleared:
//
//     names     1    2    3    4    5    6    7    8  …  4 095
//     counts    0    0    12   1    0    0    0    3  …           one word each
//     used      ·    ·    ×    ×    ·    ·    ·    ×  …           one bit each, 64 words

/// Adds up buckets of one cell and writes them. Reused between cells.
struct SketchMerger: ~Copyable {
    private static let words = SketchCode.windowSize / 64
    /// The maximum size of a bucket in bytes: two LEB128 numbers.
    private static let bucketBytes = 20

    private let window = UnsafeMutablePointer<UInt64>.allocate(capacity: SketchCode.windowSize)
    private let used = UnsafeMutablePointer<UInt64>.allocate(capacity: words)
    private let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: SketchCode.windowSize * bucketBytes)
    private var zeros: UInt64 = 0
    /// Buckets outside the window; few.
    private var outliers: [(code: Int32, count: UInt64)] = []

    init() {
        window.initialize(repeating: 0, count: SketchCode.windowSize)
        used.initialize(repeating: 0, count: Self.words)
    }

    deinit {
        window.deallocate()
        used.deallocate()
        scratch.deallocate()
    }

    /// Adds names of a log, one value each.
    mutating func add(_ names: UnsafeBufferPointer<UInt16>, _ range: Range<Int>) {
        for index in range where names[index] != DecimalWindows.outside { add(name: Int(names[index]), 1) }
        // Zero has the name 0, which is not a bucket: it is counted separately.
        zeros &+= window[0]
        window[0] = 0
        used[0] &= ~1
    }

    @inline(__always)
    private func add(name: Int, _ count: UInt64) {
        window[name] &+= count
        used[name >> 6] |= 1 &<< UInt64(name & 63)
    }

    mutating func add(_ code: Int32, _ count: UInt64) {
        if let name = SketchCode.window(code) {
            if name == 0 { zeros &+= count } else { add(name: Int(name), count) }
        } else {
            outliers.append((code, count))
        }
    }

    /// Writes the sum and resets the merger.
    mutating func write(_ out: inout StateWriter) {
        outliers.sort { $0.code < $1.code }
        out.leb(zeros)
        writePositive(&out)
        let negative = outliers.filter { $0.code < 0 }.reversed().map { (code: -$0.code, count: $0.count) }
        write(Self.joined(negative), &out)
        zeros = 0
        outliers.removeAll(keepingCapacity: true)
    }

    private func writePositive(_ out: inout StateWriter) {
        guard outliers.isEmpty else {
            var buckets: [(code: Int32, count: UInt64)] = outliers.filter { $0.code > 0 }
            drain { name, count in buckets.append((Int32(truncatingIfNeeded: name) + SketchCode.windowOffset, count)) }
            buckets.sort { $0.code < $1.code }
            return write(Self.joined(buckets), &out)
        }
        // The common case: only the window, straight from the table.
        var number = 0
        for word in 0..<Self.words { number += used[word].nonzeroBitCount }
        out.leb(UInt64(number))
        var next = Int(SketchCode.smallest - SketchCode.windowOffset)
        var end = scratch
        drain { name, count in
            let (gap, more) = (UInt64(truncatingIfNeeded: name &- next), count &- 1)
            if gap | more < 0x80 {
                // The common case: one byte each.
                end[0] = UInt8(truncatingIfNeeded: gap)
                end[1] = UInt8(truncatingIfNeeded: more)
                end += 2
            } else {
                end = Self.leb(more, at: Self.leb(gap, at: end))
            }
            next = name &+ 1
        }
        out.bytes.append(contentsOf: UnsafeBufferPointer(start: scratch, count: end - scratch))
    }

    /// Passes the window's buckets on, ascending, and clears the window.
    @inline(__always)
    private func drain(_ body: (Int, UInt64) -> Void) {
        for word in 0..<Self.words {
            var bits = used[word]
            used[word] = 0
            while bits != 0 {
                let name = word << 6 | bits.trailingZeroBitCount
                bits &= bits &- 1
                body(name, window[name])
                window[name] = 0
            }
        }
    }

    @inline(__always)
    private static func leb(_ value: UInt64, at target: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var (rest, target) = (value, target)
        while rest >= 0x80 {
            target.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
            target += 1
        }
        target.pointee = UInt8(truncatingIfNeeded: rest)
        return target + 1
    }

    /// Joins equal codes, which are adjacent.
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
            out.leb(bucket.count &- 1)
            next = bucket.code + 1
        }
    }
}
