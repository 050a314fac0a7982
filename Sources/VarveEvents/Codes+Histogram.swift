extension Codes {
    /// How often each code occurs in `range`; all of them are below `limit`. O(range).
    public func histogram(_ range: Range<Int>, limit: Int) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: limit * 4)
        counts.withUnsafeMutableBufferPointer { counts in
            switch self {
            case .constant: counts[0] = UInt32(truncatingIfNeeded: range.count)
            case .identity: for index in range { counts[index] += 1 }
            case .u8(let codes): codes.withUnsafeBufferPointer { countCodes($0, range, counts, limit) }
            case .u16(let codes): codes.withUnsafeBufferPointer { countCodes($0, range, counts, limit) }
            case .u32(let codes): codes.withUnsafeBufferPointer { countCodes($0, range, counts, limit) }
            }
            for code in 0..<limit { counts[code] += counts[limit + code] + counts[2 * limit + code] + counts[3 * limit + code] }
        }
        return counts
    }
}

/// Four tables side by side, so that equal neighbours do not wait for each other's store.
private func countCodes<Code: FixedWidthInteger & UnsignedInteger>(
    _ codes: UnsafeBufferPointer<Code>, _ range: Range<Int>, _ counts: UnsafeMutableBufferPointer<UInt32>, _ limit: Int
) {
    precondition(range.upperBound <= codes.count, "\(codes.count) codes, asked for \(range)")
    guard let codes = codes.baseAddress, let table = counts.baseAddress else { return }
    var index = range.lowerBound
    while index + 4 <= range.upperBound {
        table[Int(codes[index])] &+= 1
        table[limit + Int(codes[index + 1])] &+= 1
        table[2 * limit + Int(codes[index + 2])] &+= 1
        table[3 * limit + Int(codes[index + 3])] &+= 1
        index += 4
    }
    while index < range.upperBound {
        table[Int(codes[index])] &+= 1
        index += 1
    }
}
