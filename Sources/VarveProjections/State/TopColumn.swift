internal import VarveHash

/// The frequency of each value of a field. Per cell the `kept` values with the smallest hashes are counted exactly and the rest
/// in one number: the selection depends only on the union of the values seen, so any merge order gives the same state.
final class TopColumn: MeasureColumn, @unchecked Sendable {
    let kept: Int
    var cells: [KeyCounts] = []

    init(kept: Int) {
        self.kept = max(kept, 64)
    }

    override func copy() -> MeasureColumn {
        let copy = TopColumn(kept: kept)
        copy.cells = cells
        return copy
    }

    override func grow(to count: Int) {
        while cells.count < count { cells.append(KeyCounts()) }
    }

    /// Whether a key with this hash could be kept; if not, adding it changes `other` alone.
    @inline(__always)
    func isOpen(_ cell: Int, _ hash: UInt64) -> Bool { hash <= cells[cell].limit }

    /// `hash` is XXH3-64 of the key's bytes.
    func add(_ cell: Int, _ key: UnsafeRawBufferPointer, _ hash: UInt64, _ count: Int64) {
        cells[cell].add(key, hash, count, keeping: kept)
    }

    func add(_ cell: Int, _ key: UnsafeRawBufferPointer, _ count: Int64) { add(cell, key, XXH3.hash64(key), count) }

    override func absorb(_ other: MeasureColumn, _ map: [UInt32]) {
        let other = unsafeDowncast(other, to: TopColumn.self)
        // Addition is commutative and trimming depends only on the set, so the order of the entries does not matter.
        for (cell, target) in map.enumerated() where target != .max {
            cells[Int(target)].absorb(other.cells[cell], keeping: kept)
        }
    }

    override func settle() {
        for cell in cells.indices { cells[cell].trim(kept) }
    }

    override func encode(_ cell: Int, _ out: inout StateWriter) {
        cells[cell].trim(kept)
        let counts = cells[cell]
        out.fixed(UInt32(truncatingIfNeeded: counts.count))
        for entry in counts.sortedByKey {
            out.block(Array(counts.key(entry)))
            out.fixed(counts.counts[entry])
        }
        out.fixed(counts.other)
    }

    override func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        let count = Int(try reader.fixed(UInt32.self))
        guard count <= kept, count <= reader.remaining / 13 else { throw reader.fail("\(count) counted values") }
        var counts = KeyCounts()
        var previous: [UInt8] = []
        for _ in 0..<count {
            let range = try reader.block()
            var key = StateReader(reader.bytes, range)
            _ = try KeyBytes.read(&key)
            try key.finish()
            let bytes = Array(reader.bytes[range])
            guard previous.lexicographicallyPrecedes(bytes) else { throw reader.fail("counted values out of order") }
            previous = bytes
            let value = try reader.count()
            guard value > 0 else { throw reader.fail("a value counted zero times") }
            bytes.withUnsafeBytes { counts.add($0, XXH3.hash64($0), value, keeping: kept) }
        }
        counts.other = try reader.count()
        if counts.other > 0, count < kept { throw reader.fail("folded values where there was room") }
        cells[cell] = counts
    }

    override func value(_ cell: Int, _ statistic: Statistic) -> ViewValue {
        cells[cell].trim(kept)
        let counts = cells[cell]
        let sorted = counts.sortedByCount
        let shown = sorted.prefix(kept / 64)
        var entries = shown.map { entry in
            var reader = StateReader(Array(counts.key(entry)))
            return TopEntry(value: (try? KeyBytes.read(&reader)) ?? .null, count: counts.counts[entry])
        }
        let rest = sorted.dropFirst(shown.count).reduce(counts.other) { $0 &+ counts.counts[$1] }
        if rest > 0 { entries.append(TopEntry(value: .string(ViewValue.otherName), count: rest)) }
        return entries.isEmpty ? .null : .top(entries)
    }
}
