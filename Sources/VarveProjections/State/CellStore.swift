/// The cells of one view at one level. `ViewState` is its value-type wrapper.
final class CellStore: @unchecked Sendable {
    let definition: ViewDefinition
    let level: BucketLevel
    /// Per dimension, the values seen.
    var interners: [KeyInterner]
    var buckets: [Int64: BucketCells] = [:]
    /// Buckets with a changed cell.
    var changedBuckets: Set<Int64> = []
    /// Keys that existed when changes were last taken and have been folded since.
    var removed: [Int64: Set<[UInt8]>] = [:]

    init(_ definition: ViewDefinition, _ level: BucketLevel) {
        self.definition = definition
        self.level = level
        interners = definition.dimensions.map { _ in KeyInterner() }
    }

    func copy() -> CellStore {
        let copy = CellStore(definition, level)
        copy.interners = interners
        copy.buckets = buckets.mapValues { $0.copy() }
        copy.changedBuckets = changedBuckets
        copy.removed = removed
        return copy
    }

    /// Brings every column into its final form; after that reading changes nothing.
    func settle() {
        // Each cell is settled on its own, so the result does not depend on dictionary order.
        for cells in buckets.values { cells.settle() }
    }

    /// The cells of bucket `bucket`; the caller will change them.
    func bucket(_ bucket: Int64) -> BucketCells {
        changedBuckets.insert(bucket)
        if let known = buckets[bucket] { return known }
        let made = BucketCells(definition, dimensionCount: definition.dimensions.count)
        if bucket > .min, let before = buckets[bucket - 1] { made.reserve(before.count) }
        buckets[bucket] = made
        return made
    }

    /// Folds keys beyond the kept ones, if there are many of them, or (`exactly`) if there are any.
    func foldOverfull(_ chosen: some Sequence<Int64>, exactly: Bool) {
        for number in chosen {
            guard let cells = buckets[number], exactly || cells.isOverfull,
                let (kept, gone) = cells.folded(definition, interners)
            else { continue }
            removed[number, default: []].formUnion(gone.map { cells.keyBytes($0, interners) })
            buckets[number] = kept
            changedBuckets.insert(number)
        }
    }

    func merge(_ other: CellStore) {
        let maps = zip(interners.indices, other.interners).map { index, theirs in
            (0..<UInt32(truncatingIfNeeded: theirs.count)).map { id in
                interners[index].intern(Array(theirs.bytes[theirs.range(of: id)]))
            }
        }
        // Every bucket merges into its own counterpart, so the result does not depend on dictionary order.
        for (number, source) in other.buckets {
            if buckets[number] == nil {
                changedBuckets.insert(number)
                buckets[number] = source.renumbered(maps)
                continue
            }
            bucket(number).absorb(source) { cell, key in
                for (index, id) in source.key(of: cell).enumerated() { key[index] = maps[index][Int(id)] }
                return true
            }
        }
        foldOverfull(other.buckets.keys, exactly: false)
    }

    /// The same cells at a coarser level.
    func coarsened(to coarser: BucketLevel) -> CellStore {
        let result = CellStore(definition, coarser)
        result.interners = interners
        for (number, source) in buckets {
            result.bucket(level.coarsen(number, to: coarser)).absorb(source) { cell, key in
                for (index, id) in source.key(of: cell).enumerated() { key[index] = id }
                return true
            }
        }
        result.foldOverfull(result.buckets.keys, exactly: true)
        return result
    }

    /// The non-empty buckets, ascending.
    var sortedBuckets: [(number: Int64, cells: BucketCells)] {
        buckets.filter { $0.value.count > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
