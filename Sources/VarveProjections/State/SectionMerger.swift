// Merges cells straight from the bytes of sections. Keys are looked up as a whole, and parsed only the first time; sketches are
// only skipped over until all parts of a cell are collected.

/// Merges buckets of sections of one view into a state.
public struct SectionMerger {
    private let store: CellStore
    private let kinds: [MeasureKind]
    /// All keys seen, and per key the numbers of its values.
    private var keys = KeyInterner()
    private var numbers: [UInt32] = []
    /// For the current bucket: the numbers of its keys' values, the positions of these keys, and per position the cell.
    private var ids: [UInt32] = []
    private var order: [UInt32] = []
    private var cells: [UInt32] = []

    /// Creates a merger for a state of `definition` at `level`.
    public init(_ definition: ViewDefinition, level: BucketLevel) {
        store = CellStore(definition, level)
        kinds = definition.measures.map(\.kind)
    }

    /// The merged state, with the budget applied. Consumes the merger.
    public consuming func finished() -> ViewState {
        store.foldOverfull(store.buckets.keys.sorted(), exactly: true)
        (store.changedBuckets, store.removed) = ([], [:])
        return ViewState(store: store)
    }

    /// Merges all buckets of `section`, which is at this level or a finer one, `level`.
    public mutating func merge(_ section: StateSection, at level: BucketLevel) throws(StateError) {
        for bucket in section.buckets { try merge(section, bucket, at: level) }
    }

    /// Merges one of its buckets.
    public mutating func merge(
        _ section: StateSection, _ bucket: StateSection.Bucket, at level: BucketLevel
    ) throws(StateError) {
        let target = store.bucket(level.coarsen(bucket.number, to: store.level))
        if target.count == 0 { target.reserve(Int(min(bucket.cells, 1 << 16))) }
        let first = bucket.position - section.start
        let isWhole = section.bytes.withUnsafeBytes { raw in
            guard first >= 0, bucket.length >= 0, first <= raw.count - bucket.length else { return false }
            return merge(
                CellBytes(UnsafeRawBufferPointer(rebasing: raw[first..<(first + bucket.length)])), bucket.cells, into: target)
        }
        guard isWhole else {
            throw StateError(.malformed, "cells of bucket \(bucket.number) of \(store.definition.name)", at: bucket.position)
        }
        if target.isOverfull { store.foldOverfull([level.coarsen(bucket.number, to: store.level)], exactly: false) }
    }

    private mutating func merge(_ bytes: CellBytes, _ count: UInt32, into target: BucketCells) -> Bool {
        guard var states = states(bytes, count, in: target) else { return false }
        let (columns, kinds, cells) = (target.columns, kinds, cells)
        return states.withUnsafeMutableBufferPointer { states in
            for (index, kind) in kinds.enumerated() {
                guard columns[index].absorb(kind, cells, states, isLast: index + 1 == kinds.count) else { return false }
            }
            return states.allSatisfy(\.isAtEnd)
        }
    }

    /// The states of the bucket's cells, in order; sets `cells` to their target cells. Nil if the bytes are invalid.
    private mutating func states(
        _ bytes: CellBytes, _ count: UInt32, in target: BucketCells
    ) -> [CellBytes]? {
        var bytes = bytes
        // A cell has at least the two lengths it begins with.
        guard Int(count) <= bytes.left / 8 else { return nil }
        var states: [CellBytes] = []
        states.reserveCapacity(Int(count))
        var other: Int?
        ids.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        for place in 0..<count {
            guard let key = bytes.block(), let state = bytes.block() else { return nil }
            states.append(CellBytes(state))
            if key.count == 1, key[0] == KeyBytes.other[0] {
                guard other == nil else { return nil }
                other = Int(place)
            } else {
                guard append(key) else { return nil }
                order.append(place)
            }
        }
        guard bytes.isAtEnd else { return nil }
        if cells.count < states.count { cells = [UInt32](repeating: 0, count: states.count) }
        if let other { cells[other] = UInt32(truncatingIfNeeded: target.otherCell()) }
        // Without dimensions there are no numbers, but a pointer to the array is still needed.
        if ids.isEmpty { ids.append(0) }
        ids.withUnsafeBufferPointer { ids in
            order.withUnsafeBufferPointer { order in
                cells.withUnsafeMutableBufferPointer { cells in
                    guard let ids = ids.baseAddress, let places = order.baseAddress, let cells = cells.baseAddress else { return }
                    target.resolve(ids, order.count, places, cells)
                }
            }
        }
        return states
    }

    /// Appends the numbers of a key's values; false if the bytes are not a key of the view.
    private mutating func append(_ key: UnsafeRawBufferPointer) -> Bool {
        let dimensions = store.interners.count
        let number = Int(keys.intern(key))
        if (number + 1) * dimensions > numbers.count {
            guard let values = values(of: Array(key)) else { return false }
            numbers += values
        } else if dimensions == 0, !key.isEmpty {
            return false
        }
        ids += numbers[(number * dimensions)..<((number + 1) * dimensions)]
        return true
    }

    private func values(of key: [UInt8]) -> [UInt32]? {
        var reader = StateReader(key)
        var values: [UInt32] = []
        for index in store.interners.indices {
            let start = reader.position
            guard (try? KeyBytes.read(&reader)) != nil else { return nil }
            values.append(store.interners[index].intern(Array(key[start..<reader.position])))
        }
        return reader.isAtEnd ? values : nil
    }
}
