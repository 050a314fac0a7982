extension [UInt64] {
    /// Sorts hashes, which are spread evenly: they are placed by their upper bits, and the few with equal ones are sorted.
    /// Unevenly spread numbers are sorted too, only more slowly.
    mutating func sortHashes() {
        guard count > 256 else { return sort() }
        // About four numbers have the same upper bits.
        let bits = Swift.min(20, UInt64.bitWidth - (count / 4).leadingZeroBitCount)
        let shift = UInt64(UInt64.bitWidth - bits)
        var starts = [Int](repeating: 0, count: 1 << bits + 1)
        for hash in self { starts[Int(hash >> shift) + 1] += 1 }
        for place in 1..<starts.count { starts[place] += starts[place - 1] }
        var ends = starts
        var sorted = [UInt64](repeating: 0, count: count)
        for hash in self {
            sorted[ends[Int(hash >> shift)]] = hash
            ends[Int(hash >> shift)] += 1
        }
        for place in 0..<(1 << bits) where starts[place + 1] - starts[place] > 1 {
            Self.sort(&sorted, starts[place]..<starts[place + 1])
        }
        self = sorted
    }

    private static func sort(_ numbers: inout [UInt64], _ range: Range<Int>) {
        guard range.count <= 32 else { return numbers[range].sort() }
        for index in range.dropFirst() {
            let number = numbers[index]
            var place = index
            while place > range.lowerBound, numbers[place - 1] > number {
                numbers[place] = numbers[place - 1]
                place -= 1
            }
            numbers[place] = number
        }
    }
}
