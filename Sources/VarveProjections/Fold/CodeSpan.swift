/// Codes of some rows, in the narrowest form at hand. `offset` is where they start in the array.
enum CodeSpan {
    case constant(UInt32)
    case u8([UInt8], offset: Int)
    case u16([UInt16], offset: Int)
    case u32([UInt32], offset: Int)
}

extension CodeSpan {
    /// The codes at `positions`, in that order; itself where there is no selection.
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

    /// Sets the marks of the codes that occur in `range`.
    func mark(_ range: Range<Int>, _ marks: inout [UInt8]) {
        marks.withUnsafeMutableBufferPointer { marks in
            guard let marks = marks.baseAddress else { return }
            switch self {
            case .constant(let code): marks[Int(code)] = 1
            case .u8(let codes, let offset): codes.withUnsafeBufferPointer { markCodes($0, offset, range, marks) }
            case .u16(let codes, let offset): codes.withUnsafeBufferPointer { markCodes($0, offset, range, marks) }
            case .u32(let codes, let offset): codes.withUnsafeBufferPointer { markCodes($0, offset, range, marks) }
            }
        }
    }
}

private func markCodes<Code: FixedWidthInteger & UnsignedInteger>(
    _ codes: UnsafeBufferPointer<Code>, _ offset: Int, _ range: Range<Int>, _ marks: UnsafeMutablePointer<UInt8>
) {
    precondition(offset + range.upperBound <= codes.count, "\(codes.count) codes, asked for \(range) from \(offset)")
    guard let base = codes.baseAddress else { return }
    let codes = base + offset
    for index in range { marks[Int(codes[index])] = 1 }
}
