internal import VarveProjections

/// For each view, the buckets in which two lists of parts differ.
struct ChangedBuckets {
    private(set) var buckets: [Set<Int64>]
    private(set) var removed = 0

    init(from old: [LogPart], to new: [LogPart], views: Int) {
        buckets = [Set<Int64>](repeating: [], count: views)
        // Count each part, because segments with equal events have the same id.
        var counts: [LogPart.ID: Int] = [:]
        for part in new { counts[part.id, default: 0] += 1 }
        for part in old { counts[part.id, default: 0] -= 1 }
        let oldBase = old.first { $0.isBase }
        let newBase = new.first { $0.isBase }
        if let oldBase, let newBase, oldBase.id != newBase.id {
            for view in 0..<views { buckets[view] = Self.differing(oldBase.sections[view], newBase.sections[view]) }
        }
        for part in old + new where counts[part.id] != 0 {
            if part.isBase, oldBase != nil, newBase != nil { continue }
            for view in 0..<views { buckets[view].formUnion(part.sections[view].buckets.map(\.number)) }
        }
        removed = old.count { counts[$0.id, default: 0] < 0 }
    }

    /// Compares two bases bucket by bucket through the hashes in their indexes.
    private static func differing(_ old: StateSection, _ new: StateSection) -> Set<Int64> {
        var hashes: [Int64: UInt64] = [:]
        for bucket in old.buckets { hashes[bucket.number] = bucket.hash }
        var differing: Set<Int64> = []
        for bucket in new.buckets where hashes.updateValue(bucket.hash, forKey: bucket.number) != bucket.hash {
            differing.insert(bucket.number)
        }
        let current = Set(new.buckets.map(\.number))
        return differing.union(old.buckets.map(\.number).filter { !current.contains($0) })
    }
}

extension LogPart {
    var isBase: Bool {
        if case .base = id { true } else { false }
    }
}
