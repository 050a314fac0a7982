/// The number of distinct values: the exact set of their 64-bit hashes up to 65,536, then HyperLogLog.
final class DistinctColumn: MeasureColumn, @unchecked Sendable {
    var sets: [DistinctSet] = []

    override func copy() -> MeasureColumn {
        let copy = DistinctColumn()
        copy.sets = sets
        return copy
    }

    override func grow(to count: Int) {
        while sets.count < count { sets.append(DistinctSet()) }
    }

    override func absorb(_ other: MeasureColumn, _ map: [UInt32]) {
        let other = unsafeDowncast(other, to: DistinctColumn.self)
        for (cell, target) in map.enumerated() where target != .max { sets[Int(target)].formUnion(other.sets[cell]) }
    }

    override func willWrite(_ cell: Int) { sets[cell].order() }

    override func encode(_ cell: Int, _ out: inout StateWriter) {
        sets[cell].encode(&out)
    }

    override func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        sets[cell] = try DistinctSet(&reader)
    }

    override func value(_ cell: Int, _ statistic: Statistic) -> ViewValue { .int(sets[cell].estimate) }

    override func weight(_ cell: Int) -> Int64? { sets[cell].isEmpty ? 0 : sets[cell].estimate }
}
