/// The minimum or maximum, with its type: if an integer and a fraction are equal, the integer.
final class ExtremeColumn: MeasureColumn, @unchecked Sendable {
    enum Extreme: Hashable {
        /// No value yet.
        case none
        case int(Int64)
        /// Finite, without negative zero.
        case double(Double)
    }

    let isMax: Bool
    var values: [Extreme] = []

    init(isMax: Bool) {
        self.isMax = isMax
    }

    override func copy() -> MeasureColumn {
        let copy = ExtremeColumn(isMax: isMax)
        copy.values = values
        return copy
    }

    override func grow(to count: Int) {
        values.append(contentsOf: repeatElement(.none, count: count - values.count))
    }

    override func absorb(_ other: MeasureColumn, _ map: [UInt32]) {
        let other = unsafeDowncast(other, to: ExtremeColumn.self)
        for (cell, target) in map.enumerated() where target != .max { add(Int(target), other.values[cell]) }
    }

    func add(_ cell: Int, _ value: Extreme) {
        switch value {
        case .none: break
        case .int(let number): add(cell, number)
        case .double(let number): add(cell, number)
        }
    }

    @inline(__always)
    func add(_ cell: Int, _ value: Int64) {
        switch values[cell] {
        case .none: values[cell] = .int(value)
        case .int(let known): if isMax ? known < value : value < known { values[cell] = .int(value) }
        case .double(let known):
            if isMax ? !value.isLess(than: known) : !known.isLess(than: value) { values[cell] = .int(value) }
        }
    }

    @inline(__always)
    func add(_ cell: Int, _ value: Double) {
        let isFurther =
            switch values[cell] {
            case .none: true
            case .int(let known): isMax ? known.isLess(than: value) : value.isLess(than: known)
            case .double(let known): isMax ? known < value : value < known
            }
        if isFurther { values[cell] = .double(value == 0 ? 0 : value) }
    }

    override func encode(_ cell: Int, _ out: inout StateWriter) {
        switch values[cell] {
        case .none: out.fixed(UInt8(0))
        case .double(let number):
            out.fixed(UInt8(1))
            out.double(number)
        case .int(let number):
            out.fixed(UInt8(2))
            out.fixed(number)
        }
    }

    override func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        switch try reader.fixed(UInt8.self) {
        case 0: values[cell] = .none
        case 1: values[cell] = .double(try reader.double())
        case 2: values[cell] = .int(try reader.fixed(Int64.self))
        default: throw reader.fail("a number that is neither absent, a fraction nor an integer")
        }
    }

    override func value(_ cell: Int, _ statistic: Statistic) -> ViewValue {
        switch values[cell] {
        case .none: .null
        case .int(let number): .int(number)
        case .double(let number): .double(number)
        }
    }
}
