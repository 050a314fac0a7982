extension Codes {
    /// How often each code occurs in `range`. All codes must be below `limit`. O(range).
    public func histogram(_ range: Range<Int>, limit: Int) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: limit * 4)
        counts.withUnsafeMutableBufferPointer { counts in
            switch self {
            case .constant: counts[0] = UInt32(truncatingIfNeeded: range.count)
            case .identity: for index in range { counts[index] += 1 }
            case .u8(let codes):
                codes.withUnsafeBufferPointer {
                    if limit <= fewCodes { countFew($0, range, counts, limit) } else { countCodes($0, range, counts, limit) }
                }
            case .u16(let codes): codes.withUnsafeBufferPointer { countCodes($0, range, counts, limit) }
            case .u32(let codes): codes.withUnsafeBufferPointer { countCodes($0, range, counts, limit) }
            }
            for code in 0..<limit { counts[code] += counts[limit + code] + counts[2 * limit + code] + counts[3 * limit + code] }
        }
        return counts
    }
}

/// Uses four tables, so that equal adjacent codes do not wait for each other's store.
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

/// Up to this many distinct codes are counted by comparing sixteen rows at a time; usually the signals of a batch.
private let fewCodes = 16

private func countFew(
    _ codes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ counts: UnsafeMutableBufferPointer<UInt32>, _ limit: Int
) {
    precondition(range.upperBound <= codes.count, "\(codes.count) codes, asked for \(range)")
    guard let base = codes.baseAddress else { return }
    let one = SIMD16<UInt8>(repeating: 1)
    var start = range.lowerBound
    while start + 16 <= range.upperBound {
        // A lane counts at most 255 rows before it is added to the total.
        let vectors = min(255, (range.upperBound - start) / 16)
        for code in 0..<limit {
            let wanted = SIMD16(repeating: UInt8(truncatingIfNeeded: code))
            var found = SIMD16<UInt8>()
            for vector in 0..<vectors {
                let rows = UnsafeRawPointer(base + start + vector * 16).loadUnaligned(as: SIMD16<UInt8>.self)
                found &+= SIMD16<UInt8>().replacing(with: one, where: rows .== wanted)
            }
            counts[code] &+= UInt32(SIMD16<UInt16>(truncatingIfNeeded: found).wrappedSum())
        }
        start += vectors * 16
    }
    for index in start..<range.upperBound { counts[Int(codes[index])] &+= 1 }
}
