/// Tables that a fold reuses, so that a batch allocates next to nothing. Belongs to one `ViewStates`; contains no state.
final class FoldScratch: @unchecked Sendable {
    private var codeTables = CodeTables(capacity: 1_024)
    private var rowNames: UnsafeMutableBufferPointer<UInt16>
    private var keyIDs: UnsafeMutableBufferPointer<UInt32>
    private var windows: [DecimalWindows?] = [DecimalWindows?](repeating: nil, count: 10)

    init() {
        rowNames = .allocate(capacity: 1_024)
        keyIDs = .allocate(capacity: 1_024)
    }

    deinit {
        codeTables.deallocate()
        rowNames.deallocate()
        keyIDs.deallocate()
    }

    /// Tables for codes below `limit`.
    func tables(_ limit: Int) -> CodeTables {
        if limit > codeTables.capacity {
            codeTables.deallocate()
            codeTables = CodeTables(capacity: limit * 2)
        }
        return codeTables
    }

    /// Space for the bucket names of `count` rows.
    func names(_ count: Int) -> UnsafeMutablePointer<UInt16> {
        if count > rowNames.count {
            rowNames.deallocate()
            rowNames = .allocate(capacity: count * 2)
        }
        guard let base = rowNames.baseAddress else { preconditionFailure("a buffer of \(rowNames.count) has no address") }
        return base
    }

    /// Space for `count` numbers of dimension values.
    func ids(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        if count > keyIDs.count {
            keyIDs.deallocate()
            keyIDs = .allocate(capacity: count * 2)
        }
        guard let base = keyIDs.baseAddress else { preconditionFailure("a buffer of \(keyIDs.count) has no address") }
        return base
    }

    func windows(scale: Int) -> DecimalWindows {
        if let known = windows[scale] { return known }
        let made = DecimalWindows.of(scale: scale)
        windows[scale] = made
        return made
    }
}

/// Tables by code for one run of rows. A plain set of pointers: loops copy it and access raw memory only.
struct CodeTables {
    let capacity: Int
    /// The number of rows of the run with the code. All zero between runs.
    let counts: UnsafeMutablePointer<UInt32>
    /// The codes that occur, in no particular order.
    let touched: UnsafeMutablePointer<UInt32>
    /// The code's cell. This and the following are valid only for codes that occur.
    let cells: UnsafeMutablePointer<UInt32>
    /// The position of the code's next value.
    let offsets: UnsafeMutablePointer<UInt32>
    /// The minimum and the maximum mantissa.
    let lows: UnsafeMutablePointer<Int32>
    let highs: UnsafeMutablePointer<Int32>

    /// Sub-tables of a histogram, so that equal neighbours do not wait for each other's store.
    private static let lanes = 4

    init(capacity: Int) {
        self.capacity = capacity
        counts = .allocate(capacity: capacity * Self.lanes)
        counts.initialize(repeating: 0, count: capacity * Self.lanes)
        touched = .allocate(capacity: capacity)
        cells = .allocate(capacity: capacity)
        offsets = .allocate(capacity: capacity)
        lows = .allocate(capacity: capacity)
        highs = .allocate(capacity: capacity)
    }

    func deallocate() {
        counts.deallocate()
        touched.deallocate()
        cells.deallocate()
        offsets.deallocate()
        lows.deallocate()
        highs.deallocate()
    }

    /// Counts the codes of a run, and lists those that occur; returns their number.
    func count(_ codes: CellCodes, _ range: Range<Int>) -> Int {
        switch codes.span {
        case .constant(let code):
            counts[Int(code)] = UInt32(truncatingIfNeeded: range.count)
            touched[0] = code
            return 1
        case .u8(let array, let offset): return array.withUnsafeBufferPointer { count($0, offset, range, codes.limit) }
        case .u16(let array, let offset): return array.withUnsafeBufferPointer { count($0, offset, range, codes.limit) }
        case .u32(let array, let offset): return array.withUnsafeBufferPointer { count($0, offset, range, codes.limit) }
        }
    }

    /// Zeroes the counts of the first `count` codes listed.
    func clear(_ count: Int) {
        for index in 0..<count { counts[Int(touched[index])] = 0 }
    }

    private func count<Code: FixedWidthInteger & UnsignedInteger>(
        _ array: UnsafeBufferPointer<Code>, _ offset: Int, _ range: Range<Int>, _ limit: Int
    ) -> Int {
        precondition(offset + range.upperBound <= array.count, "\(array.count) codes, asked for \(range) from \(offset)")
        guard let base = array.baseAddress else { return 0 }
        let codes = base + offset
        if limit <= range.count { return countLanes(codes, range, limit) }
        var found = 0
        for index in range {
            let code = Int(codes[index])
            if counts[code] == 0 {
                touched[found] = UInt32(truncatingIfNeeded: code)
                found += 1
            }
            counts[code] &+= 1
        }
        return found
    }

    /// For few codes and many rows.
    private func countLanes<Code: FixedWidthInteger & UnsignedInteger>(
        _ codes: UnsafePointer<Code>, _ range: Range<Int>, _ limit: Int
    ) -> Int {
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
        var found = 0
        for code in 0..<limit {
            let sum = first[code] &+ second[code] &+ third[code] &+ fourth[code]
            first[code] = sum
            second[code] = 0
            third[code] = 0
            fourth[code] = 0
            touched[found] = UInt32(truncatingIfNeeded: code)
            found += sum > 0 ? 1 : 0
        }
        return found
    }
}
