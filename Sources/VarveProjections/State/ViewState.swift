public import VarveHash

/// One view at one bucket level: a value that can be folded into, merged, written as canonical bytes and read as rows.
///
/// Merging is exact: any split of the same events, merged in any order, ends in the same bytes.
public struct ViewState: Sendable {
    var store: CellStore

    /// No cells, of `definition`'s permanent level unless `level` is finer or coarser.
    public init(_ definition: ViewDefinition, level: BucketLevel? = nil) {
        store = CellStore(definition, level ?? definition.permanentLevel)
    }

    init(store: CellStore) {
        self.store = store
    }

    public var definition: ViewDefinition { store.definition }
    public var level: BucketLevel { store.level }

    /// How many cells there are. O(buckets).
    public var cellCount: Int { store.buckets.values.reduce(0) { $0 + $1.count } }

    /// The numbers of the buckets with cells, ascending.
    public var buckets: [Int64] { store.sortedBuckets.map(\.number) }

    mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&store) { store = store.copy() }
    }

    /// Adds all that `other` holds. Both are of one definition and level.
    public mutating func merge(_ other: ViewState) {
        precondition(other.level == level && other.definition == definition, "states of different views are merged")
        if store.buckets.isEmpty, store.changedBuckets.isEmpty, store.removed.isEmpty {
            store = other.store
            return
        }
        makeUnique()
        store.merge(other.store)
    }

    /// The same state at a coarser level, by merging. O(cells).
    public func coarsened(to coarser: BucketLevel) -> ViewState {
        precondition(coarser >= level, "\(coarser.name) is finer than \(level.name)")
        return coarser == level ? self : ViewState(store: store.coarsened(to: coarser))
    }

    /// Forgets the buckets before `bucket`: minute cells are kept for the newest hours only. Not a change to be taken.
    public mutating func removeBuckets(before bucket: Int64) {
        makeUnique()
        store.buckets = store.buckets.filter { $0.key >= bucket }
        store.changedBuckets = store.changedBuckets.filter { $0 >= bucket }
        store.removed = store.removed.filter { $0.key >= bucket }
    }

    /// SHA-256 over the fingerprint and the canonical bytes of the permanent levels: the same for everyone who folded the same
    /// events, however.
    public var viewHash: SHA256Digest {
        var hasher = SHA256Hasher()
        hasher.update(definition.fingerprint.bytes)
        for level in definition.permanentLevels { coarsened(to: level).hash(into: &hasher) }
        return hasher.finalize()
    }
}
