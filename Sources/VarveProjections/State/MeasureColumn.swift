/// One measure's states for all cells of a bucket, side by side. A class, so that a fold changes it in place; states copy it
/// before they change one that they share (`ViewState` sees to that).
class MeasureColumn: @unchecked Sendable {
    /// A column for `measure`, with no cells.
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

    func copy() -> MeasureColumn { preconditionFailure("a kind of measure copies itself") }

    /// Adds empty cells up to `count`.
    func grow(to count: Int) { preconditionFailure("a kind of measure grows itself") }

    /// Makes room for `count` cells; only a hint.
    func reserve(_ count: Int) {}

    /// Merges cell i of `other`, which has the same kind, into cell `map[i]` of this column; `UInt32.max` skips it.
    func absorb(_ other: MeasureColumn, _ map: [UInt32]) { preconditionFailure("a kind of measure merges itself") }

    /// Gets a cell ready that is written whenever it changes, as a projector does. Nobody else looks at the column meanwhile.
    func willWrite(_ cell: Int) {}

    /// Writes the canonical bytes of a cell.
    func encode(_ cell: Int, _ out: inout StateWriter) { preconditionFailure("a kind of measure writes itself") }

    /// Reads canonical bytes into the empty cell `cell`.
    func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        preconditionFailure("a kind of measure reads itself")
    }

    /// What is shown. `statistic` is for sketches only.
    func value(_ cell: Int, _ statistic: Statistic) -> ViewValue { preconditionFailure("a kind of measure shows itself") }

    /// How much of a count the cell holds, to order and to leave out cells; nil for what is no count.
    func weight(_ cell: Int) -> Int64? { nil }

    /// Brings all cells into their final form, so that reading them changes nothing.
    func settle() {}

    /// Makes pending work permanent where it is worth it; called at the end of a batch.
    func settleIfLarge() {}
}

/// Events.
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

/// Sums in millionths, each value rounded half to even; exact, so the order of adding does not matter.
final class SumColumn: MeasureColumn, @unchecked Sendable {
    struct Sum {
        var micros: Int128 = 0
        /// How many values were added.
        var count: Int64 = 0
        /// How many were not, because they are beyond 2⁹⁰ millionths.
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

    /// `value` in millionths, rounded half to even as if exactly multiplied; nil when it is not finite or too large.
    static func micros(_ value: Double) -> Int128? {
        let product = value * 1e6
        guard product.magnitude < 0x1p90 else { return nil }
        if product.magnitude >= 0x1p52 {
            // Whole already, but the multiplication may have rounded something away: up to half of a large unit.
            let rest = (-product).addingProduct(value, 1e6)
            let floor = rest.rounded(.down)
            let whole = Int128(product) + Int128(floor)
            let fraction = rest - floor
            return fraction > 0.5 || (fraction == 0.5 && !whole.isMultiple(of: 2)) ? whole + 1 : whole
        }
        var rounded = product.rounded(.toNearestOrEven)
        if (product - rounded).magnitude == 0.5 {
            // The product looks like a tie; what the multiplication rounded away says whether it is one.
            let rest = (-product).addingProduct(value, 1e6)
            if rest > 0 { rounded = product.rounded(.up) }
            if rest < 0 { rounded = product.rounded(.down) }
        }
        return Int128(rounded)
    }
}
