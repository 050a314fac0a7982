internal import VarveEvents

/// The work of one measure on the rows of a run. `scratch` has the codes of the run, the count of each, and its cell.
///
/// The loops are generic over the width of the codes and specialised by the compiler; they access raw memory only, and what
/// they collect per code is added to the cells afterwards.
enum MeasureJob {
    case count(measure: Int)
    case number(measure: Int, NumberSpan)

    func run(
        _ cells: BucketCells, _ codes: CellCodes, _ range: Range<Int>, _ tables: CodeTables, _ found: Int, _ scratch: FoldScratch
    ) {
        switch self {
        case .count(let measure):
            unsafeDowncast(cells.columns[measure], to: CountColumn.self).counts.withUnsafeMutableBufferPointer { counts in
                for index in 0..<found {
                    let code = Int(tables.touched[index])
                    counts[Int(tables.cells[code])] &+= Int64(tables.counts[code])
                }
            }
        case .number(let measure, let numbers):
            let run = NumberRun(column: cells.columns[measure], range: range, tables: tables, found: found, scratch: scratch)
            switch codes.span {
            case .constant: run.add(numbers, ZeroCodes())
            case .u8(let array, let offset): array.withUnsafeBufferPointer { run.add(numbers, ArrayCodes($0, offset, range)) }
            case .u16(let array, let offset): array.withUnsafeBufferPointer { run.add(numbers, ArrayCodes($0, offset, range)) }
            case .u32(let array, let offset): array.withUnsafeBufferPointer { run.add(numbers, ArrayCodes($0, offset, range)) }
            }
        }
    }
}

/// The numbers of one run, on their way to one measure.
private struct NumberRun {
    let column: MeasureColumn
    let range: Range<Int>
    let tables: CodeTables
    let found: Int
    let scratch: FoldScratch

    func add(_ numbers: NumberSpan, _ codes: some RowCodes) {
        switch numbers {
        case .int64(let array, let offset):
            array.withUnsafeBufferPointer { add(IntNumbers($0, offset, range), codes) }
        case .double(let array, let offset):
            array.withUnsafeBufferPointer { add(DoubleNumbers($0, offset, range), codes) }
        case .micros(let array):
            array.withUnsafeBufferPointer { add(MicrosNumbers(numbers: $0), codes) }
        case .decimal(let array, let offset, let scale):
            array.withUnsafeBufferPointer { mantissas in
                let numbers = DecimalNumbers(mantissas, offset, range, scale)
                if let column = column as? QuantileColumn {
                    column.add(decimals: numbers, scratch.windows(scale: scale), codes, range, tables, found, scratch)
                } else {
                    add(numbers, codes)
                }
            }
        }
    }

    private func add(_ numbers: some RowNumbers, _ codes: some RowCodes) {
        let cells = tables.cells
        if let column = column as? QuantileColumn {
            column.add(numbers, codes, range, tables, found, scratch)
        } else if let column = column as? SumColumn {
            column.sums.withUnsafeMutableBufferPointer { sums in
                for row in range {
                    let cell = Int(cells[codes[row]])
                    if let micros = numbers.micros(row) {
                        sums[cell].micros &+= micros
                        sums[cell].count &+= 1
                    } else {
                        sums[cell].excluded &+= 1
                    }
                }
            }
        } else if let column = column as? ExtremeColumn {
            for row in range where numbers[row].isFinite { numbers.add(row, to: column, Int(cells[codes[row]])) }
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
    func add(_ row: Int, to column: ExtremeColumn, _ cell: Int)
    /// The number as an integer, if it is one.
    func whole(_ row: Int) -> Int64?
}

extension RowNumbers {
    func add(_ row: Int, to column: ExtremeColumn, _ cell: Int) { column.add(cell, self[row]) }
    func whole(_ row: Int) -> Int64? { Int64(exactly: self[row]) }
}

/// Numbers already in millionths; nil is left out.
struct MicrosNumbers: RowNumbers {
    let numbers: UnsafeBufferPointer<Int128?>

    subscript(row: Int) -> Double { numbers[row].map { Double($0) / 1e6 } ?? .nan }

    func micros(_ row: Int) -> Int128? { numbers[row] }
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

    @inline(__always)
    func add(_ row: Int, to column: ExtremeColumn, _ cell: Int) { column.add(cell, base[row]) }

    func whole(_ row: Int) -> Int64? { base[row] }
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
    let base: UnsafePointer<Int32>
    let power: Double
    /// 10^(6 − scale), if that is an integer.
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

    /// The double nearest to mantissa / 10^scale is close enough that, in millionths, it rounds to the exact integer.
    func micros(_ row: Int) -> Int128? {
        if let factor { return Int128(Int64(base[row]) * factor) }
        return SumColumn.micros(self[row])
    }
}
