public import VarveHash

/// One view at one bucket level: a value that can be folded into, merged, written as canonical bytes and read as rows.
///
/// Merging is exact: any split of the same events, merged in any order, gives the same bytes.
public struct ViewState: Sendable {
    var store: CellStore

    /// An empty state at `definition`'s permanent level, or at `level`.
    public init(_ definition: ViewDefinition, level: BucketLevel? = nil) {
        store = CellStore(definition, level ?? definition.permanentLevel)
    }

    init(store: CellStore) {
        self.store = store
    }

    public var definition: ViewDefinition { store.definition }
    public var level: BucketLevel { store.level }

    /// The number of cells. O(buckets).
    public var cellCount: Int { store.buckets.values.reduce(0) { $0 + $1.count } }

    /// The numbers of the non-empty buckets, ascending.
    public var buckets: [Int64] { store.sortedBuckets.map(\.number) }

    mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&store) { store = store.copy() }
    }

    /// Merges `other`. Both must have the same definition and level.
    public mutating func merge(_ other: ViewState) {
        precondition(other.level == level && other.definition == definition, "states of different views are merged")
        if store.buckets.isEmpty, store.changedBuckets.isEmpty, store.removed.isEmpty {
            store = other.store
            return
        }
        makeUnique()
        store.merge(other.store)
    }

    /// The state at a coarser level, by merging. O(cells).
    public func coarsened(to coarser: BucketLevel) -> ViewState {
        precondition(coarser >= level, "\(coarser.name) is finer than \(level.name)")
        return coarser == level ? self : ViewState(store: store.coarsened(to: coarser))
    }

    /// Removes the buckets before `bucket`: minute cells are kept for the latest hours only. Not reported as a change.
    public mutating func removeBuckets(before bucket: Int64) {
        makeUnique()
        store.buckets = store.buckets.filter { $0.key >= bucket }
        store.changedBuckets = store.changedBuckets.filter { $0 >= bucket }
        store.removed = store.removed.filter { $0.key >= bucket }
    }

    /// SHA-256 over the fingerprint and the canonical bytes of the permanent levels: equal for everyone who folded the same
    /// events, in whatever way.
    public var viewHash: SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update(definition.fingerprint.bytes)
        for level in definition.permanentLevels { coarsened(to: level).hash(into: &hasher) }
        return hasher.finalize()
    }
}
