/// Tables that a fold uses again and again, so that a batch allocates next to nothing. Belongs to one `ViewStates`; holds no state.
final class FoldScratch: @unchecked Sendable {
    /// Per code, how many rows of the run have it. All zero between runs.
    private(set) var counts: UnsafeMutablePointer<UInt32>
    /// Per code, its cell; only those of the codes touched by the run are meant.
    private(set) var cells: UnsafeMutablePointer<UInt32>
    /// Per code, the least and greatest mantissa of the run; likewise.
    private(set) var lows: UnsafeMutablePointer<Int32>
    private(set) var highs: UnsafeMutablePointer<Int32>
    /// The codes of the run.
    private(set) var touched: UnsafeMutablePointer<UInt32>
    private(set) var touchedCount = 0
    private var capacity: Int
    /// The words of the run for a sketch's log.
    var words: [UInt32] = []
    private var windows: [DecimalWindows?] = [DecimalWindows?](repeating: nil, count: 10)

    /// Tables are never larger than the sub-tables of one histogram need.
    static let lanes = 4

    init() {
        capacity = 1_024
        counts = .allocate(capacity: capacity * Self.lanes)
        counts.initialize(repeating: 0, count: capacity * Self.lanes)
        cells = .allocate(capacity: capacity)
        lows = .allocate(capacity: capacity)
        highs = .allocate(capacity: capacity)
        touched = .allocate(capacity: capacity)
    }

    deinit { free() }

    private func free() {
        counts.deallocate()
        cells.deallocate()
        lows.deallocate()
        highs.deallocate()
        touched.deallocate()
    }

    func reserve(codes: Int) {
        guard codes > capacity else { return }
        free()
        capacity = codes * 2
        counts = .allocate(capacity: capacity * Self.lanes)
        counts.initialize(repeating: 0, count: capacity * Self.lanes)
        cells = .allocate(capacity: capacity)
        lows = .allocate(capacity: capacity)
        highs = .allocate(capacity: capacity)
        touched = .allocate(capacity: capacity)
        touchedCount = 0
    }

    func windows(scale: Int) -> DecimalWindows {
        if let known = windows[scale] { return known }
        let made = DecimalWindows(scale: scale)
        windows[scale] = made
        return made
    }

    /// Makes `words` what `body` writes: at most `count` of them.
    @inline(__always)
    func appendWords(_ count: Int, _ body: (UnsafeMutablePointer<UInt32>) -> Int) {
        words = [UInt32](unsafeUninitializedCapacity: count) { buffer, written in
            guard let base = buffer.baseAddress else { return }
            written = body(base)
        }
    }

    /// Counts the codes of a run and lists those that occur.
    func count(_ codes: CellCodes, _ range: Range<Int>) {
        clear()
        reserve(codes: codes.limit)
        switch codes.span {
        case .constant(let code):
            counts[Int(code)] = UInt32(truncatingIfNeeded: range.count)
            touched[0] = code
            touchedCount = 1
        case .u8(let array, let offset): array.withUnsafeBufferPointer { count($0, offset, range, codes.limit) }
        case .u16(let array, let offset): array.withUnsafeBufferPointer { count($0, offset, range, codes.limit) }
        case .u32(let array, let offset): array.withUnsafeBufferPointer { count($0, offset, range, codes.limit) }
        }
    }

    /// Zeroes the counts of the codes listed.
    func clear() {
        for index in 0..<touchedCount { counts[Int(touched[index])] = 0 }
        touchedCount = 0
    }

    private func count<Code: FixedWidthInteger & UnsignedInteger>(
        _ codes: UnsafeBufferPointer<Code>, _ offset: Int, _ range: Range<Int>, _ limit: Int
    ) {
        precondition(offset + range.upperBound <= codes.count, "\(codes.count) codes, asked for \(range) from \(offset)")
        guard let base = codes.baseAddress else { return }
        let codes = base + offset
        if limit > range.count {
            for index in range {
                let code = Int(codes[index])
                if counts[code] == 0 {
                    touched[touchedCount] = UInt32(truncatingIfNeeded: code)
                    touchedCount += 1
                }
                counts[code] &+= 1
            }
            return
        }
        countLanes(codes, range, limit)
    }

    /// Few codes and many rows: four tables, so that equal neighbours do not wait for each other's store.
    private func countLanes<Code: FixedWidthInteger & UnsignedInteger>(
        _ codes: UnsafePointer<Code>, _ range: Range<Int>, _ limit: Int
    ) {
        let (first, second) = (counts, counts + capacity)
        let (third, fourth) = (counts + 2 * capacity, counts + 3 * capacity)
        var index = range.lowerBound
        while index + 4 <= range.upperBound {
            first[Int(codes[index])] &+= 1
            second[Int(codes[index + 1])] &+= 1
            third[Int(codes[index + 2])] &+= 1
            fourth[Int(codes[index + 3])] &+= 1
            index += 4
        }
        while index < range.upperBound {
            first[Int(codes[index])] &+= 1
            index += 1
        }
        for code in 0..<limit {
            let sum = first[code] &+ second[code] &+ third[code] &+ fourth[code]
            first[code] = sum
            second[code] = 0
            third[code] = 0
            fourth[code] = 0
            if sum > 0 {
                touched[touchedCount] = UInt32(truncatingIfNeeded: code)
                touchedCount += 1
            }
        }
    }
}
