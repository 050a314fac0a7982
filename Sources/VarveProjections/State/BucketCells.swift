internal import VarveHash

/// All cells of one bucket of a view: their keys, and each measure's states in a column beside the others.
///
/// A key is one number of the interner per dimension. The cell `other`, if there is one, holds what the budget folded; all
/// numbers of its key are `UInt32.max`.
final class BucketCells: @unchecked Sendable {
    let dimensionCount: Int
    let keysKept: Int
    private(set) var count = 0
    private(set) var keys: [UInt32] = []
    private(set) var other: Int?
    private(set) var columns: [MeasureColumn]
    /// Per cell, whether it changed since the changes were last taken.
    var changed: [Bool] = []
    /// Cell number + 1, or 0 for a free slot; a power of two in size, at most half full.
    private var slots: [UInt32] = []

    init(_ definition: ViewDefinition, dimensionCount: Int) {
        self.dimensionCount = dimensionCount
        keysKept = definition.keysKept
        columns = definition.measures.map { MeasureColumn.make($0) }
    }

    private init(copying source: BucketCells) {
        dimensionCount = source.dimensionCount
        keysKept = source.keysKept
        count = source.count
        keys = source.keys
        other = source.other
        columns = source.columns.map { $0.copy() }
        changed = source.changed
        slots = source.slots
    }

    func copy() -> BucketCells { BucketCells(copying: self) }

    /// A copy whose keys are renumbered, per dimension, by `maps`; all its cells count as changed.
    func renumbered(_ maps: [[UInt32]]) -> BucketCells {
        let copy = copy()
        for cell in 0..<count where cell != other {
            for dimension in 0..<dimensionCount {
                let index = cell * dimensionCount + dimension
                copy.keys[index] = maps[dimension][Int(keys[index])]
            }
        }
        copy.changed = [Bool](repeating: true, count: count)
        copy.rebuildSlots(slots.count)
        return copy
    }

    func key(of cell: Int) -> ArraySlice<UInt32> {
        keys[(cell * dimensionCount)..<((cell + 1) * dimensionCount)]
    }

    /// The cell with this key, created when it is new. O(1) expected.
    func cell(_ key: UnsafeBufferPointer<UInt32>) -> Int {
        if count * 2 >= slots.count { grow() }
        let mask = slots.count - 1
        var slot = Self.hash(key) & mask
        while slots[slot] != 0 {
            let cell = Int(slots[slot] - 1)
            if matches(cell, key) { return cell }
            slot = (slot + 1) & mask
        }
        slots[slot] = UInt32(truncatingIfNeeded: count + 1)
        keys.append(contentsOf: key)
        return append()
    }

    func otherCell() -> Int {
        if let other { return other }
        for _ in 0..<dimensionCount { keys.append(.max) }
        other = append()
        return count - 1
    }

    private func append() -> Int {
        count += 1
        changed.append(true)
        for column in columns { column.grow(to: count) }
        return count - 1
    }

    @inline(__always)
    private func matches(_ cell: Int, _ key: UnsafeBufferPointer<UInt32>) -> Bool {
        let start = cell * dimensionCount
        for index in 0..<dimensionCount where keys[start + index] != key[index] { return false }
        return true
    }

    @inline(__always)
    private static func hash(_ key: UnsafeBufferPointer<UInt32>) -> Int {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for part in key {
            state = (state ^ UInt64(part)) &* 0xD6E8_FEB8_6659_FD93
            state ^= state >> 32
        }
        return Int(truncatingIfNeeded: state >> 1)
    }

    private func grow() {
        rebuildSlots(max(16, slots.count * 4))
    }

    private func rebuildSlots(_ size: Int) {
        slots = [UInt32](repeating: 0, count: size)
        keys.withUnsafeBufferPointer { keys in
            for cell in 0..<count where cell != other {
                let key = UnsafeBufferPointer(rebasing: keys[(cell * dimensionCount)..<((cell + 1) * dimensionCount)])
                var slot = Self.hash(key) & (slots.count - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
                slots[slot] = UInt32(truncatingIfNeeded: cell + 1)
            }
        }
    }

    /// Merges all cells of `source`; `keyMap` gives, for a source cell, its key here, or nil for `other`.
    func absorb(_ source: BucketCells, _ keyMap: (Int, inout [UInt32]) -> Bool) {
        var map = [UInt32](repeating: .max, count: source.count)
        var key = [UInt32](repeating: 0, count: dimensionCount)
        for cell in 0..<source.count {
            let target = cell == source.other || !keyMap(cell, &key) ? otherCell() : key.withUnsafeBufferPointer { self.cell($0) }
            map[cell] = UInt32(truncatingIfNeeded: target)
            changed[target] = true
        }
        absorb(source, map: map)
    }

    func absorb(_ source: BucketCells, map: [UInt32]) {
        for (column, sourceColumn) in zip(columns, source.columns) { column.absorb(sourceColumn, map) }
    }

    /// Whether so many keys are here that folding pays.
    var isOverfull: Bool { count > keysKept.multipliedReportingOverflow(by: 2).partialValue && count > keysKept }

    /// Keeps the `keysKept` keys whose bytes have the smallest hashes and folds the rest into `other`. Returns the cells to keep
    /// as a bucket of their own and the numbers of those that went; nil when there was nothing to fold.
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

    /// The key's bytes: those of its values in a row, or `FF` for what was folded.
    func keyBytes(_ cell: Int, _ interners: [KeyInterner]) -> [UInt8] {
        if cell == other { return KeyBytes.other }
        var bytes: [UInt8] = []
        for (interner, id) in zip(interners, key(of: cell)) { bytes += interner.bytes[interner.range(of: id)] }
        return bytes
    }

    /// The cells in the order of their key bytes; `other` last. `ranks` are those of each dimension's interner.
    func sorted(_ ranks: [[UInt32]]) -> [Int] {
        let own = (0..<count).filter { $0 != other }
        let rest = other.map { [$0] } ?? []
        if dimensionCount == 0 { return own + rest }
        return own.sorted { left, right in
            for dimension in 0..<dimensionCount {
                let leftRank = ranks[dimension][Int(keys[left * dimensionCount + dimension])]
                let rightRank = ranks[dimension][Int(keys[right * dimensionCount + dimension])]
                if leftRank != rightRank { return leftRank < rightRank }
            }
            return false
        } + rest
    }

    func encode(_ cell: Int, _ out: inout StateWriter) {
        for column in columns { column.encode(cell, &out) }
    }
}
