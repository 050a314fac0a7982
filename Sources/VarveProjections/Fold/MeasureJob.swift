internal import VarveEvents

/// What one measure does with the rows of a run. `scratch` holds the codes of the run, how often each occurs, and its cell.
///
/// The loops are generic over the width of the codes and specialised by the compiler; they touch raw memory only, and what they
/// gather per code goes to the cells afterwards.
enum MeasureJob {
    case count(measure: Int)
    case number(measure: Int, NumberSpan)

    func run(_ cells: BucketCells, _ codes: CellCodes, _ range: Range<Int>, _ scratch: FoldScratch) {
        switch self {
        case .count(let measure):
            let column = unsafeDowncast(cells.columns[measure], to: CountColumn.self)
            for index in 0..<scratch.touchedCount {
                let code = Int(scratch.touched[index])
                column.counts[Int(scratch.cells[code])] &+= Int64(scratch.counts[code])
            }
        case .number(let measure, let numbers):
            switch codes.span {
            case .constant: Self.run(cells.columns[measure], numbers, ZeroCodes(), range, scratch)
            case .u8(let array, let offset):
                array.withUnsafeBufferPointer {
                    Self.run(cells.columns[measure], numbers, ArrayCodes($0, offset, range), range, scratch)
                }
            case .u16(let array, let offset):
                array.withUnsafeBufferPointer {
                    Self.run(cells.columns[measure], numbers, ArrayCodes($0, offset, range), range, scratch)
                }
            case .u32(let array, let offset):
                array.withUnsafeBufferPointer {
                    Self.run(cells.columns[measure], numbers, ArrayCodes($0, offset, range), range, scratch)
                }
            }
        }
    }

    private static func run(
        _ column: MeasureColumn, _ numbers: NumberSpan, _ codes: some RowCodes, _ range: Range<Int>, _ scratch: FoldScratch
    ) {
        switch numbers {
        case .int64(let array, let offset):
            array.withUnsafeBufferPointer { run(column, IntNumbers($0, offset, range), codes, range, scratch) }
        case .double(let array, let offset):
            array.withUnsafeBufferPointer { run(column, DoubleNumbers($0, offset, range), codes, range, scratch) }
        case .decimal(let array, let offset, let scale):
            array.withUnsafeBufferPointer { mantissas in
                if let column = column as? QuantileColumn {
                    column.addDecimals(mantissas, offset, scale, codes, range, scratch)
                } else {
                    run(column, DecimalNumbers(mantissas, offset, range, scale), codes, range, scratch)
                }
            }
        }
    }

    private static func run(
        _ column: MeasureColumn, _ numbers: some RowNumbers, _ codes: some RowCodes, _ range: Range<Int>, _ scratch: FoldScratch
    ) {
        if let column = column as? QuantileColumn {
            for row in range where numbers[row].isFinite { column.add(Int(scratch.cells[codes[row]]), numbers[row]) }
        } else if let column = column as? SumColumn {
            for row in range {
                let cell = Int(scratch.cells[codes[row]])
                if let micros = numbers.micros(row) {
                    column.sums[cell].micros &+= micros
                    column.sums[cell].count &+= 1
                } else {
                    column.sums[cell].excluded &+= 1
                }
            }
        } else if let column = column as? ExtremeColumn {
            for row in range where numbers[row].isFinite { column.add(Int(scratch.cells[codes[row]]), numbers[row]) }
        }
    }
}

/// The code of each row of a run.
protocol RowCodes {
    subscript(row: Int) -> Int { get }
}

/// All rows have code 0.
struct ZeroCodes: RowCodes {
    @inline(__always)
    subscript(row: Int) -> Int { 0 }
}

struct ArrayCodes<Code: FixedWidthInteger & UnsignedInteger>: RowCodes {
    private let base: UnsafePointer<Code>

    init(_ array: UnsafeBufferPointer<Code>, _ offset: Int, _ range: Range<Int>) {
        guard let start = array.baseAddress, offset + range.upperBound <= array.count else {
            preconditionFailure("\(array.count) codes, asked for \(range) from \(offset)")
        }
        base = start + offset
    }

    @inline(__always)
    subscript(row: Int) -> Int { Int(base[row]) }
}

/// The number of each row of a run, as a double and exactly in millionths.
protocol RowNumbers {
    subscript(row: Int) -> Double { get }
    func micros(_ row: Int) -> Int128?
}

struct IntNumbers: RowNumbers {
    private let base: UnsafePointer<Int64>

    init(_ array: UnsafeBufferPointer<Int64>, _ offset: Int, _ range: Range<Int>) {
        guard let start = array.baseAddress, offset + range.upperBound <= array.count else {
            preconditionFailure("\(array.count) numbers, asked for \(range) from \(offset)")
        }
        base = start + offset
    }

    @inline(__always)
    subscript(row: Int) -> Double { Double(base[row]) }

    @inline(__always)
    func micros(_ row: Int) -> Int128? { Int128(base[row]) * 1_000_000 }
}

struct DoubleNumbers: RowNumbers {
    private let base: UnsafePointer<Double>

    init(_ array: UnsafeBufferPointer<Double>, _ offset: Int, _ range: Range<Int>) {
        guard let start = array.baseAddress, offset + range.upperBound <= array.count else {
            preconditionFailure("\(array.count) numbers, asked for \(range) from \(offset)")
        }
        base = start + offset
    }

    @inline(__always)
    subscript(row: Int) -> Double { base[row] }

    func micros(_ row: Int) -> Int128? { SumColumn.micros(base[row]) }
}

struct DecimalNumbers: RowNumbers {
    private let base: UnsafePointer<Int32>
    private let power: Double
    /// 10^(6 − scale), where that is whole.
    private let factor: Int64?

    init(_ array: UnsafeBufferPointer<Int32>, _ offset: Int, _ range: Range<Int>, _ scale: Int) {
        guard let start = array.baseAddress, offset + range.upperBound <= array.count else {
            preconditionFailure("\(array.count) numbers, asked for \(range) from \(offset)")
        }
        base = start + offset
        power = decimalPowers[scale]
        factor = scale <= 6 ? Int64(decimalPowers[6 - scale]) : nil
    }

    @inline(__always)
    subscript(row: Int) -> Double { Double(base[row]) / power }

    /// The double nearest to mantissa / 10^scale is so near that in millionths it rounds to the whole number it stands for.
    func micros(_ row: Int) -> Int128? {
        if let factor { return Int128(Int64(base[row]) * factor) }
        return SumColumn.micros(self[row])
    }
}

extension QuantileColumn {
    /// The hot loop: decimals, whose buckets stand in a table by mantissa. Per row one code, one mantissa, two look-ups and one
    /// word of the log; minimum and maximum are gathered per code.
    func addDecimals(
        _ array: UnsafeBufferPointer<Int32>, _ offset: Int, _ scale: Int, _ codes: some RowCodes, _ range: Range<Int>,
        _ scratch: FoldScratch
    ) {
        guard let start = array.baseAddress, offset + range.upperBound <= array.count else {
            preconditionFailure("\(array.count) numbers, asked for \(range) from \(offset)")
        }
        let mantissas = start + offset
        let power = decimalPowers[scale]
        for index in 0..<scratch.touchedCount {
            let code = Int(scratch.touched[index])
            scratch.lows[code] = .max
            scratch.highs[code] = .min
        }
        let isLoggable = summaries.count <= Self.logCells
        let (lows, highs, cells) = (scratch.lows, scratch.highs, scratch.cells)
        scratch.windows(scale: scale).names.withUnsafeBufferPointer { names in
            guard let names = names.baseAddress else { return }
            scratch.appendWords(range.count) { words in
                var next = words
                for row in range {
                    let code = codes[row]
                    let mantissa = mantissas[row]
                    lows[code] = min(lows[code], mantissa)
                    highs[code] = max(highs[code], mantissa)
                    let name = UInt32(bitPattern: mantissa) < UInt32(DecimalWindows.size) ? names[Int(mantissa)] : .max
                    if name < UInt16(SketchCode.windowSize), isLoggable {
                        next.pointee = cells[code] << 12 | UInt32(name)
                        next += 1
                    } else {
                        self.addBucket(Int(cells[code]), SketchCode.code(of: Double(mantissa) / power), 1)
                    }
                }
                return next - words
            }
        }
        log.append(contentsOf: scratch.words)
        for index in 0..<scratch.touchedCount {
            let code = Int(scratch.touched[index])
            include(
                Int(cells[code]), count: Int64(scratch.counts[code]), min: Double(lows[code]) / power,
                max: Double(highs[code]) / power)
        }
    }
}
