internal import VarveHash

/// The frequency of each value of a field. Per cell the `kept` values with the smallest hashes are counted exactly and the rest
/// in one number: the selection depends only on the union of the values seen, so any merge order gives the same state.
final class TopColumn: MeasureColumn, @unchecked Sendable {
    struct Counts {
        var byKey: [[UInt8]: Int64] = [:]
        var other: Int64 = 0
    }

    let kept: Int
    var cells: [Counts] = []

    init(kept: Int) {
        self.kept = max(kept, 64)
    }

    override func copy() -> MeasureColumn {
        let copy = TopColumn(kept: kept)
        copy.cells = cells
        return copy
    }

    override func grow(to count: Int) {
        while cells.count < count { cells.append(Counts()) }
    }

    func add(_ cell: Int, _ key: [UInt8], _ count: Int64) {
        cells[cell].byKey[key, default: 0] &+= count
        if cells[cell].byKey.count > kept * 2 { trim(cell) }
    }

    override func absorb(_ other: MeasureColumn, _ map: [UInt32]) {
        let other = unsafeDowncast(other, to: TopColumn.self)
        for (cell, target) in map.enumerated() where target != .max {
            cells[Int(target)].other &+= other.cells[cell].other
            // Addition is commutative and trimming depends only on the set, so the result does not depend on dictionary order.
            for (key, count) in other.cells[cell].byKey { add(Int(target), key, count) }
        }
    }

    override func settle() {
        for cell in cells.indices { trim(cell) }
    }

    private func trim(_ cell: Int) {
        guard cells[cell].byKey.count > kept else { return }
        let sorted = cells[cell].byKey.sorted { hashOrder($0.key, $1.key) }
        for entry in sorted[kept...] {
            cells[cell].byKey[entry.key] = nil
            cells[cell].other &+= entry.value
        }
    }

    override func encode(_ cell: Int, _ out: inout StateWriter) {
        trim(cell)
        let sorted = cells[cell].byKey.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        out.fixed(UInt32(truncatingIfNeeded: sorted.count))
        for (key, count) in sorted {
            out.block(key)
            out.fixed(count)
        }
        out.fixed(cells[cell].other)
    }

    override func decode(_ cell: Int, _ reader: inout StateReader) throws(StateError) {
        let count = Int(try reader.fixed(UInt32.self))
        guard count <= kept, count <= reader.remaining / 13 else { throw reader.fail("\(count) counted values") }
        var counts = Counts()
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
            counts.byKey[bytes] = value
        }
        counts.other = try reader.count()
        if counts.other > 0, count < kept { throw reader.fail("folded values where there was room") }
        cells[cell] = counts
    }

    override func value(_ cell: Int, _ statistic: Statistic) -> ViewValue {
        trim(cell)
        let sorted = cells[cell].byKey.sorted { left, right in
            left.value == right.value ? left.key.lexicographicallyPrecedes(right.key) : left.value > right.value
        }
        let shown = sorted.prefix(kept / 64)
        var entries = shown.map { entry in
            var reader = StateReader(entry.key)
            return TopEntry(value: (try? KeyBytes.read(&reader)) ?? .null, count: entry.value)
        }
        let rest = sorted.dropFirst(shown.count).reduce(cells[cell].other) { $0 &+ $1.value }
        if rest > 0 { entries.append(TopEntry(value: .string(ViewValue.otherName), count: rest)) }
        return entries.isEmpty ? .null : .top(entries)
    }
}

/// The fixed order in which keys are kept: by the hash of their bytes, then by the bytes.
func hashOrder(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let leftHash = left.withUnsafeBytes { XXH3.hash64($0) }
    let rightHash = right.withUnsafeBytes { XXH3.hash64($0) }
    return leftHash == rightHash ? left.lexicographicallyPrecedes(right) : leftHash < rightHash
}
