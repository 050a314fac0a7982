/// Codes of some rows, in the narrowest available integer type. `offset` is their start in the array.
enum CodeSpan {
    case constant(UInt32)
    case u8([UInt8], offset: Int)
    case u16([UInt16], offset: Int)
    case u32([UInt32], offset: Int)
}

extension CodeSpan {
    /// The codes at `positions`, in that order; unchanged without a selection.
    func gathered(_ positions: [UInt32]?) -> CodeSpan {
        guard let positions else { return self }
        return switch self {
        case .constant: self
        case .u8(let codes, let offset): .u8(positions.map { codes[offset + Int($0)] }, offset: 0)
        case .u16(let codes, let offset): .u16(positions.map { codes[offset + Int($0)] }, offset: 0)
        case .u32(let codes, let offset): .u32(positions.map { codes[offset + Int($0)] }, offset: 0)
        }
    }

    /// The codes of a set's rows as 32-bit numbers.
    func widened(_ rows: RowSet) -> [UInt32] {
        switch gathered(rows.positions) {
        case .constant(let code): [UInt32](repeating: code, count: rows.count)
        case .u8(let codes, let offset): codes[offset..<(offset + rows.count)].map { UInt32($0) }
        case .u16(let codes, let offset): codes[offset..<(offset + rows.count)].map { UInt32($0) }
        case .u32(let codes, let offset): Array(codes[offset..<(offset + rows.count)])
        }
    }

    /// The codes of a range of rows as 32-bit numbers.
    func widened(_ range: Range<Int>) -> [UInt32] {
        switch self {
        case .constant(let code): [UInt32](repeating: code, count: range.count)
        case .u8(let codes, let offset): range.map { UInt32(codes[offset + $0]) }
        case .u16(let codes, let offset): range.map { UInt32(codes[offset + $0]) }
        case .u32(let codes, let offset): range.map { codes[offset + $0] }
        }
    }

    /// Appends to `found` (from entry `count` on) the codes in `range` that are not marked yet, marks them, and updates the
    /// count. Every code is below `marks.count`, and `found` is larger than that. O(range).
    func collect(_ range: Range<Int>, _ marks: inout [Bool], _ found: inout [UInt32], _ count: inout Int) {
        switch self {
        case .constant(let code):
            if marks[Int(code)] { return }
            marks[Int(code)] = true
            found[count] = code
            count += 1
        case .u8(let codes, let offset): collectCodes(codes[range.shifted(by: offset)], &marks, &found, &count)
        case .u16(let codes, let offset): collectCodes(codes[range.shifted(by: offset)], &marks, &found, &count)
        case .u32(let codes, let offset): collectCodes(codes[range.shifted(by: offset)], &marks, &found, &count)
        }
    }
}

extension Range<Int> {
    fileprivate func shifted(by offset: Int) -> Range<Int> { (lowerBound + offset)..<(upperBound + offset) }
}

private func collectCodes<Code: FixedWidthInteger & UnsignedInteger>(
    _ codes: ArraySlice<Code>, _ marks: inout [Bool], _ found: inout [UInt32], _ count: inout Int
) {
    var next = count
    marks.withUnsafeMutableBufferPointer { marks in
        found.withUnsafeMutableBufferPointer { found in
            codes.withUnsafeBufferPointer { codes in
                // Branchless: a known code is overwritten by the next new one.
                for code in codes {
                    found[next] = UInt32(truncatingIfNeeded: code)
                    next += marks[Int(code)] ? 0 : 1
                    marks[Int(code)] = true
                }
            }
        }
    }
    count = next
}
