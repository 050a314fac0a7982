// Sorts the entries of a run by hash. Hashes are uniform: their first bits distribute the entries over buckets of about equal
// size that fit a cache, and the next bits distribute each bucket over buckets of a few entries. Sorting is in place, because
// touching fresh memory costs more than moving entries (American flag sort).

internal import VarveHash

enum IDSort {
    /// Buckets of at most this size are sorted by insertion.
    private static let smallPart = 24
    /// Bits per step, which bounds how many buckets are written to at once.
    private static let bitsMin = 8
    private static let bitsMax = 10

    /// Sorts by hash, and by offset where hashes are equal.
    static func sort(_ entries: inout [IDEntry]) {
        entries.withUnsafeMutableBufferPointer { sort($0, below: 64) }
    }

    /// Sorts by the bits of the high half below `top`; the bits above are equal. Recurses at most eight levels deep.
    private static func sort(_ some: UnsafeMutableBufferPointer<IDEntry>, below top: Int) {
        if some.count <= smallPart { return insert(some) }
        if top < bitsMin {
            var some = some
            return some.sort(by: isBefore)
        }
        let bits = some.count >> (bitsMax + bitsMin) > 1 ? bitsMax : bitsMin
        let (shift, parts) = (UInt64(truncatingIfNeeded: top - min(bits, top)), 1 << bits)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * parts) { room in
            room.initialize(repeating: 0)
            let next = UnsafeMutableBufferPointer(rebasing: room[..<parts])
            let ends = UnsafeMutableBufferPointer(rebasing: room[parts...])
            for entry in some { ends[digit(entry, shift, parts)] += 1 }
            var sum = 0
            for part in 0..<parts {
                next[part] = sum
                sum += ends[part]
                ends[part] = sum
            }
            for part in 0..<parts {
                while next[part] < ends[part] {
                    // Move each entry to the next place of its bucket, and carry on with the entry that was there.
                    var carried = some[next[part]]
                    var target = digit(carried, shift, parts)
                    while target != part {
                        let place = next[target]
                        (carried, some[place]) = (some[place], carried)
                        next[target] += 1
                        target = digit(carried, shift, parts)
                    }
                    some[next[part]] = carried
                    next[part] += 1
                }
            }
            var start = 0
            for part in 0..<parts {
                sort(UnsafeMutableBufferPointer(rebasing: some[start..<ends[part]]), below: Int(shift))
                start = ends[part]
            }
        }
    }

    private static func insert(_ some: UnsafeMutableBufferPointer<IDEntry>) {
        for place in 1..<max(1, some.count) {
            let entry = some[place]
            var hole = place
            while hole > 0, isBefore(entry, some[hole - 1]) {
                some[hole] = some[hole - 1]
                hole -= 1
            }
            some[hole] = entry
        }
    }

    @inline(__always)
    private static func digit(_ entry: IDEntry, _ shift: UInt64, _ parts: Int) -> Int {
        Int(truncatingIfNeeded: entry.hash.high &>> shift) & (parts &- 1)
    }

    @inline(__always)
    private static func isBefore(_ left: IDEntry, _ right: IDEntry) -> Bool {
        if left.hash.high != right.hash.high { return left.hash.high < right.hash.high }
        return left.hash.low == right.hash.low ? left.offset < right.offset : left.hash.low < right.hash.low
    }
}
