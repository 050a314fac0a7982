// A sketch keeps its least and greatest value as doubles. Beyond 2⁵³ there are integers that no double says; where one of them is
// the least or the greatest, it stands here, and in the cell's bytes as its distance from the double.

/// The least and the greatest of a sketch's integers whose magnitude is 2⁵³ or more, by cell.
struct ExactExtremes {
    private var lows: [Int: Int64] = [:]
    private var highs: [Int: Int64] = [:]

    /// From here on doubles are whole, and integers may be none.
    static let first = 0x1p53

    var isEmpty: Bool { lows.isEmpty && highs.isEmpty }

    /// Adds an integer.
    mutating func add(_ cell: Int, _ value: Int64) {
        lows[cell] = Swift.min(lows[cell] ?? value, value)
        highs[cell] = Swift.max(highs[cell] ?? value, value)
    }

    /// The least value, where it is an integer of this size.
    func low(_ cell: Int, _ summary: QuantileColumn.Summary) -> Int64? {
        guard let low = lows[cell], Double(low) == summary.min else { return nil }
        return low
    }

    func high(_ cell: Int, _ summary: QuantileColumn.Summary) -> Int64? {
        guard let high = highs[cell], Double(high) == summary.max else { return nil }
        return high
    }

    /// How far the integers are from the doubles; nil where the doubles say them.
    func corrections(_ cell: Int, _ summary: QuantileColumn.Summary) -> (low: UInt64, high: UInt64)? {
        if isEmpty { return nil }
        let low = low(cell, summary).map { Int128($0) - Int128(summary.min) } ?? 0
        let high = high(cell, summary).map { Int128($0) - Int128(summary.max) } ?? 0
        return low == 0 && high == 0 ? nil : (Self.folded(low), Self.folded(high))
    }

    /// Takes in cell `theirs` of another column.
    mutating func merge(_ cell: Int, _ other: ExactExtremes, _ theirs: Int, _ summary: QuantileColumn.Summary) {
        // A double stands for itself only where no integer is known that it was rounded from.
        let (low, high) = (other.low(theirs, summary), other.high(theirs, summary))
        if let low = low ?? Self.whole(summary.min) { add(cell, low) }
        if let high = high ?? Self.whole(summary.max) { add(cell, high) }
    }

    private static func whole(_ value: Double) -> Int64? { value.magnitude >= first ? Int64(exactly: value) : nil }

    /// Takes in doubles that are integers of this size, so that they can be told from integers near them.
    mutating func include(_ cell: Int, _ min: Double, _ max: Double) {
        if let whole = Self.whole(min) { add(cell, whole) }
        if let whole = Self.whole(max) { add(cell, whole) }
    }

    /// Takes in doubles and the corrections that are written with them; false when there is no such integer.
    mutating func include(
        _ cell: Int, _ min: Double, _ max: Double, _ low: UInt64, _ high: UInt64
    ) -> Bool {
        guard low != 0 || high != 0, let least = Self.whole(min, low), let greatest = Self.whole(max, high) else { return false }
        if let least { add(cell, least) }
        if let greatest { add(cell, greatest) }
        return true
    }

    /// The integer that a double and its correction say; nil within where the double is all there is, and nil where they do not
    /// fit each other.
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
