internal import VarveHash

/// Counts by key bytes, of the keys with the smallest hashes: open addressing over keys that lie behind one another.
///
/// A key whose hash exceeds that of the last kept key can never be kept again, because keys are only added. So once a cell has
/// seen many values, most of them cost one comparison.
struct KeyCounts: Sendable {
    private(set) var hashes: [UInt64] = []
    private(set) var counts: [Int64] = []
    private var bytes: [UInt8] = []
    private var bounds: [Int] = [0]
    /// Entry number + 1, or 0 for a free slot; a power of two in size, at most half full.
    private var slots: [UInt32] = []
    /// The sum of the counts of keys that are not kept.
    var other: Int64 = 0
    /// Keys with a greater hash are counted in `other`.
    private(set) var limit = UInt64.max

    var count: Int { hashes.count }

    func key(_ entry: Int) -> ArraySlice<UInt8> { bytes[bounds[entry]..<bounds[entry + 1]] }

    /// Adds to a key; `hash` is XXH3-64 of its bytes. Of more than twice `kept` keys only `kept` are left. O(1) amortised.
    mutating func add(_ key: UnsafeRawBufferPointer, _ hash: UInt64, _ count: Int64, keeping kept: Int) {
        if hash > limit {
            other &+= count
            return
        }
        if self.count * 2 >= slots.count { rebuildSlots(max(16, slots.count * 4)) }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let entry = Int(slots[slot] - 1)
            if hashes[entry] == hash, matches(entry, key) {
                counts[entry] &+= count
                return
            }
            slot = (slot + 1) & mask
        }
        hashes.append(hash)
        counts.append(count)
        bytes.append(contentsOf: key)
        bounds.append(bytes.count)
        slots[slot] = UInt32(truncatingIfNeeded: self.count)
        if self.count > kept.multipliedReportingOverflow(by: 2).partialValue { trim(kept) }
    }

    private func matches(_ entry: Int, _ key: UnsafeRawBufferPointer) -> Bool {
        let range = bounds[entry]..<bounds[entry + 1]
        return bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[range]).elementsEqual(key) }
    }

    private mutating func rebuildSlots(_ size: Int) {
        slots = [UInt32](repeating: 0, count: size)
        for (entry, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(truncatingIfNeeded: entry + 1)
        }
    }

    /// Leaves the `kept` keys with the smallest hashes; equal hashes are ordered by the bytes.
    mutating func trim(_ kept: Int) {
        guard count > kept else { return }
        let order = hashes.indices.sorted { left, right in
            hashes[left] == hashes[right] ? key(left).lexicographicallyPrecedes(key(right)) : hashes[left] < hashes[right]
        }
        var left = KeyCounts()
        left.other = other
        left.hashes.reserveCapacity(kept * 2 + 1)
        left.counts.reserveCapacity(kept * 2 + 1)
        left.bounds.reserveCapacity(kept * 2 + 2)
        for entry in order[..<kept] {
            left.hashes.append(hashes[entry])
            left.counts.append(counts[entry])
            left.bytes += key(entry)
            left.bounds.append(left.bytes.count)
        }
        for entry in order[kept...] { left.other &+= counts[entry] }
        left.limit = left.hashes.last ?? .max
        left.rebuildSlots(slots.count)
        self = left
    }

    /// Adds all counts of `source`.
    mutating func absorb(_ source: KeyCounts, keeping kept: Int) {
        other &+= source.other
        for entry in source.hashes.indices {
            source.bytes.withUnsafeBytes { bytes in
                let key = UnsafeRawBufferPointer(rebasing: bytes[source.bounds[entry]..<source.bounds[entry + 1]])
                add(key, source.hashes[entry], source.counts[entry], keeping: kept)
            }
        }
    }

    /// The entries in the order of their key bytes.
    var sortedByKey: [Int] {
        hashes.indices.sorted { key($0).lexicographicallyPrecedes(key($1)) }
    }

    /// The entries with the largest count first; equal ones in the order of their key bytes.
    var sortedByCount: [Int] {
        hashes.indices.sorted { left, right in
            counts[left] == counts[right] ? key(left).lexicographicallyPrecedes(key(right)) : counts[left] > counts[right]
        }
    }
}
