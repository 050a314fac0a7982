/// One measure's states for all cells of a bucket. A class, so that a fold changes it in place; `ViewState` copies shared
/// columns before a change.
class MeasureColumn: @unchecked Sendable {
    /// An empty column for `measure`.
    static func make(_ measure: Measure) -> MeasureColumn {
        switch measure.kind {
        case .count: CountColumn()
        case .sum, .product: SumColumn()
        case .min: ExtremeColumn(isMax: false)
        case .max: ExtremeColumn(isMax: true)
        case .last: LastColumn()
        case .quantiles: QuantileColumn()
        case .distinct, .combinations: DistinctColumn()
        case .topK(_, let count): TopColumn(kept: count.multipliedReportingOverflow(by: 64).partialValue)
        }
    }

    func copy() -> MeasureColumn { preconditionFailure("subclasses override copy") }

    /// Adds empty cells up to `count`.
    func grow(to count: Int) { preconditionFailure("subclasses override grow") }

    /// Reserves space for `count` cells; only a hint.
    func reserve(_ count: Int) {}

    /// Merges cell i of `other`, which has the same kind, into cell `map[i]` of this column; `UInt32.max` skips it.
    func absorb(_ other: MeasureColumn, _ map: [UInt32]) { preconditionFailure("subclasses override absorb") }

    /// Prepares a cell that is written whenever it changes, as a projector does. No other thread reads the column meanwhile.
    func willWrite(_ cell: Int) {}

    /// Writes the canonical bytes of a cell.
    func encode(_ cell: Int, _ out: inout StateWriter) { preconditionFailure("subclasses override encode") }

    /// Reads canonical bytes into the empty cell `cell`.
    func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        preconditionFailure("subclasses override decode")
    }

    /// The shown value. `statistic` is for sketches only.
    func value(_ cell: Int, _ statistic: Statistic) -> ViewValue { preconditionFailure("subclasses override value") }

    /// The cell's contribution to a count, used to sort and to omit cells; nil for other measures.
    func weight(_ cell: Int) -> Int64? { nil }

    /// Brings all cells into their final form, so that reading changes nothing.
    func settle() {}

    /// Settles pending values if there are many; called at the end of a batch.
    func settleIfLarge() {}
}

/// The number of events.
final class CountColumn: MeasureColumn, @unchecked Sendable {
    var counts: [Int64] = []

    override func copy() -> MeasureColumn {
        let copy = CountColumn()
        copy.counts = counts
        return copy
    }

    override func grow(to count: Int) {
        counts.append(contentsOf: repeatElement(0, count: count - counts.count))
    }

    override func reserve(_ count: Int) { counts.reserveCapacity(count) }

    override func absorb(_ other: MeasureColumn, _ map: [UInt32]) {
        let other = unsafeDowncast(other, to: CountColumn.self)
        for (cell, target) in map.enumerated() where target != .max { counts[Int(target)] &+= other.counts[cell] }
    }

    override func encode(_ cell: Int, _ out: inout StateWriter) {
        out.fixed(counts[cell])
    }

    override func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        counts[cell] = try reader.count()
    }

    override func value(_ cell: Int, _ statistic: Statistic) -> ViewValue { .int(counts[cell]) }

    override func weight(_ cell: Int) -> Int64? { counts[cell] }
}

/// Sums in millionths, each value rounded half to even; exact, so the order of additions does not matter.
final class SumColumn: MeasureColumn, @unchecked Sendable {
    struct Sum {
        var micros: Int128 = 0
        /// The number of values added.
        var count: Int64 = 0
        /// The number of values left out: those that are not numbers, or exceed 2⁹⁰ millionths.
        var excluded: Int64 = 0
    }

    var sums: [Sum] = []

    override func copy() -> MeasureColumn {
        let copy = SumColumn()
        copy.sums = sums
        return copy
    }

    override func grow(to count: Int) {
        sums.append(contentsOf: repeatElement(Sum(), count: count - sums.count))
    }

    override func absorb(_ other: MeasureColumn, _ map: [UInt32]) {
        let other = unsafeDowncast(other, to: SumColumn.self)
        for (cell, target) in map.enumerated() where target != .max { add(Int(target), other.sums[cell]) }
    }

    func add(_ cell: Int, _ sum: Sum) {
        sums[cell].micros &+= sum.micros
        sums[cell].count &+= sum.count
        sums[cell].excluded &+= sum.excluded
    }

    override func encode(_ cell: Int, _ out: inout StateWriter) {
        out.fixed(sums[cell].micros)
        out.fixed(sums[cell].count)
        out.fixed(sums[cell].excluded)
    }

    override func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        sums[cell] = Sum(micros: try reader.fixed(Int128.self), count: try reader.count(), excluded: try reader.count())
        if sums[cell].count == 0, sums[cell].micros != 0 { throw reader.fail("a sum of no values") }
    }

    override func value(_ cell: Int, _ statistic: Statistic) -> ViewValue {
        sums[cell].count == 0 ? .null : .decimal(micros: sums[cell].micros)
    }

    /// `value` in millionths, rounded half to even as if multiplied exactly; nil if not finite or too large.
    static func micros(_ value: Double) -> Int128? {
        let product = value * 1e6
        guard product.magnitude < 0x1p90 else { return nil }
        if product.magnitude >= 0x1p52 {
            // Already an integer, but the multiplication may have rounded: by up to half of a large unit.
            let rest = (-product).addingProduct(value, 1e6)
            let floor = rest.rounded(.down)
            let whole = Int128(product) + Int128(floor)
            let fraction = rest - floor
            return fraction > 0.5 || (fraction == 0.5 && !whole.isMultiple(of: 2)) ? whole + 1 : whole
        }
        var rounded = product.rounded(.toNearestOrEven)
        if (product - rounded).magnitude == 0.5 {
            // The product looks like a tie; the rounding error of the multiplication decides whether it is one.
            let rest = (-product).addingProduct(value, 1e6)
            if rest > 0 { rounded = product.rounded(.up) }
            if rest < 0 { rounded = product.rounded(.down) }
        }
        return Int128(rounded)
    }
}
