internal import VarveHash

/// Merging, folding by the budget, and the canonical order of a bucket's cells.
extension BucketCells {
    /// Merges all cells of `source`; `keyMap` gives a source cell's key in this bucket, or false for `other`.
    func absorb(_ source: BucketCells, _ keyMap: (Int, inout [UInt32]) -> Bool) {
        var map = [UInt32](repeating: .max, count: source.count)
        var key = [UInt32](repeating: 0, count: dimensionCount)
        for cell in 0..<source.count {
            let target = cell == source.other || !keyMap(cell, &key) ? otherCell() : key.withUnsafeBufferPointer { self.cell($0) }
            map[cell] = UInt32(truncatingIfNeeded: target)
        }
        absorb(source, map: map)
    }

    func absorb(_ source: BucketCells, map: [UInt32]) {
        source.withoutSettling {
            for (column, sourceColumn) in zip(columns, source.columns) { column.absorb(sourceColumn, map) }
        }
    }

    /// Whether there are so many keys that folding pays.
    var isOverfull: Bool { count > keysKept.multipliedReportingOverflow(by: 2).partialValue && count > keysKept }

    /// Keeps the `keysKept` keys whose bytes have the smallest hashes and folds the rest into `other`. Returns the kept cells
    /// as a new bucket, and the numbers of the removed ones; nil if there was nothing to fold.
    func folded(_ definition: ViewDefinition, _ interners: [KeyInterner]) -> (kept: BucketCells, gone: [Int])? {
        let own = (0..<count).filter { $0 != other }
        guard own.count > keysKept else { return nil }
        let order = own.map { cell in (cell: cell, bytes: keyBytes(cell, interners)) }
            .map { (cell: $0.cell, hash: $0.bytes.withUnsafeBytes { XXH3.hash64($0) }, bytes: $0.bytes) }
            .sorted { $0.hash == $1.hash ? $0.bytes.lexicographicallyPrecedes($1.bytes) : $0.hash < $1.hash }
        var isKept = [Bool](repeating: false, count: count)
        for entry in order[..<keysKept] { isKept[entry.cell] = true }
        let kept = BucketCells(definition, dimensionCount: dimensionCount)
        kept.absorb(self) { cell, key in
            guard isKept[cell] else { return false }
            for (index, part) in self.key(of: cell).enumerated() { key[index] = part }
            return true
        }
        kept.changed = [Bool](repeating: false, count: kept.count)
        for cell in own where isKept[cell] && changed[cell] {
            let target = Array(key(of: cell)).withUnsafeBufferPointer { kept.cell($0) }
            kept.changed[target] = true
        }
        kept.changed[kept.otherCell()] = true
        return (kept, order[keysKept...].map(\.cell))
    }

    /// The key's bytes: its concatenated values, or `FF` for folded combinations.
    func keyBytes(_ cell: Int, _ interners: [KeyInterner]) -> [UInt8] {
        if cell == other { return KeyBytes.other }
        var bytes: [UInt8] = []
        for (interner, id) in zip(interners, key(of: cell)) { bytes += interner.bytes[interner.range(of: id)] }
        return bytes
    }

    /// The cells in the order of their key bytes; `other` last. `ranks` are those of each dimension's interner.
    func sorted(_ ranks: [[UInt32]]) -> [Int] {
        let (keys, width, other) = (keys, dimensionCount, other)
        let own = (0..<count).filter { $0 != other }
        let rest = other.map { [$0] } ?? []
        if width == 0 { return own + rest }
        func rank(_ cell: Int, _ dimension: Int) -> UInt64 { UInt64(ranks[dimension][Int(keys[cell * width + dimension])]) }
        // The ranks of the first two dimensions combined; only ties are compared further.
        let leading = own.map { (rank: width == 1 ? rank($0, 0) : rank($0, 0) << 32 | rank($0, 1), cell: $0) }
        let ordered = leading.sorted { left, right in
            if left.rank != right.rank || width <= 2 { return left.rank < right.rank }
            for dimension in 2..<width {
                let (leftRank, rightRank) = (rank(left.cell, dimension), rank(right.cell, dimension))
                if leftRank != rightRank { return leftRank < rightRank }
            }
            return false
        }
        return ordered.map(\.cell) + rest
    }

    func encode(_ cell: Int, _ out: inout StateWriter) {
        for column in columns { column.encode(cell, &out) }
    }
}
