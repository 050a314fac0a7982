// A sketch stores its minimum and maximum as doubles. Beyond 2⁵³ some integers have no double; if one of them is the minimum or
// maximum, it is stored here, and in the cell's bytes as its difference from the double.

/// Per cell, the minimum and maximum of the integers with a magnitude of 2⁵³ or more.
struct ExactExtremes {
    private var lows: [Int: Int64] = [:]
    private var highs: [Int: Int64] = [:]

    /// From here on doubles are integers, and not every integer is a double.
    static let first = 0x1p53

    var isEmpty: Bool { lows.isEmpty && highs.isEmpty }

    /// Adds an integer.
    mutating func add(_ cell: Int, _ value: Int64) {
        lows[cell] = Swift.min(lows[cell] ?? value, value)
        highs[cell] = Swift.max(highs[cell] ?? value, value)
    }

    /// The minimum, if it is an integer of this magnitude.
    func low(_ cell: Int, _ summary: QuantileColumn.Summary) -> Int64? {
        guard let low = lows[cell], Double(low) == summary.min else { return nil }
        return low
    }

    func high(_ cell: Int, _ summary: QuantileColumn.Summary) -> Int64? {
        guard let high = highs[cell], Double(high) == summary.max else { return nil }
        return high
    }

    /// The differences between the integers and the doubles; nil if the doubles are exact.
    func corrections(_ cell: Int, _ summary: QuantileColumn.Summary) -> (low: UInt64, high: UInt64)? {
        if isEmpty { return nil }
        let low = low(cell, summary).map { Int128($0) - Int128(summary.min) } ?? 0
        let high = high(cell, summary).map { Int128($0) - Int128(summary.max) } ?? 0
        return low == 0 && high == 0 ? nil : (Self.folded(low), Self.folded(high))
    }

    /// Merges cell `theirs` of another column.
    mutating func merge(_ cell: Int, _ other: ExactExtremes, _ theirs: Int, _ summary: QuantileColumn.Summary) {
        // A double stands for itself only if no integer is known that was rounded to it.
        let (low, high) = (other.low(theirs, summary), other.high(theirs, summary))
        if let low = low ?? Self.whole(summary.min) { add(cell, low) }
        if let high = high ?? Self.whole(summary.max) { add(cell, high) }
    }

    private static func whole(_ value: Double) -> Int64? { value.magnitude >= first ? Int64(exactly: value) : nil }

    /// Adds doubles that are integers of this magnitude, to distinguish them from nearby integers.
    mutating func include(_ cell: Int, _ min: Double, _ max: Double) {
        if let whole = Self.whole(min) { add(cell, whole) }
        if let whole = Self.whole(max) { add(cell, whole) }
    }

    /// Adds doubles and their corrections; false if there is no such integer.
    mutating func include(
        _ cell: Int, _ min: Double, _ max: Double, _ low: UInt64, _ high: UInt64
    ) -> Bool {
        guard low != 0 || high != 0, let least = Self.whole(min, low), let greatest = Self.whole(max, high) else { return false }
        if let least { add(cell, least) }
        if let greatest { add(cell, greatest) }
        return true
    }

    /// The integer given by a double and its correction; inner nil if the double is exact, outer nil if the two are
    /// inconsistent.
    private static func whole(_ value: Double, _ correction: UInt64) -> Int64?? {
        if correction == 0 { return .some(whole(value)) }
        guard value.magnitude >= first, value.magnitude <= 0x1p63,
            let whole = Int64(exactly: Int128(value) + Int128(unfolded(correction))), Double(whole) == value
        else { return nil }
        return .some(whole)
    }

    private static func folded(_ value: Int128) -> UInt64 {
        let small = Int64(truncatingIfNeeded: value)
        return UInt64(bitPattern: (small << 1) ^ (small >> 63))
    }

    private static func unfolded(_ value: UInt64) -> Int64 {
        Int64(value >> 1) ^ -Int64(value & 1)
    }
}
