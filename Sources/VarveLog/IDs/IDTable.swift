internal import VarveHash

/// Hash → offset for the ids of a segment that is not sealed. Open addressing with linear probing, at most four fifths full.
struct IDTable: Sendable {
    private var hashes: [Hash128] = []
    private var offsets: [UInt64] = []
    private(set) var count = 0
    /// The offset of a free slot. No event has it: offsets count from 0 upwards, one by one.
    private static let free = UInt64.max
    /// Bytes of a slot.
    static let slotSize = 24

    /// Adds the id unless it is known; then returns the offset of the event that has it.
    mutating func insert(_ hash: Hash128, _ offset: UInt64) -> UInt64? {
        if (count + 1) * 5 > offsets.count * 4 { grow() }
        let slot = find(hash)
        if offsets[slot] != Self.free { return offsets[slot] }
        hashes[slot] = hash
        offsets[slot] = offset
        count += 1
        return nil
    }

    /// The offset of an id, if it is known.
    func offset(of hash: Hash128) -> UInt64? {
        guard count > 0 else { return nil }
        let slot = find(hash)
        return offsets[slot] == Self.free ? nil : offsets[slot]
    }

    /// Forgets an id and returns its offset. Later entries of the same run move up.
    mutating func remove(_ hash: Hash128) -> UInt64? {
        guard count > 0 else { return nil }
        var hole = find(hash)
        let removed = offsets[hole]
        guard removed != Self.free else { return nil }
        count -= 1
        var next = hole
        while true {
            next = next + 1 == offsets.count ? 0 : next + 1
            guard offsets[next] != Self.free else { break }
            // Stays when its home lies behind the hole, cyclically.
            if distance(from: home(hashes[next]), to: next) < distance(from: hole, to: next) { continue }
            hashes[hole] = hashes[next]
            offsets[hole] = offsets[next]
            hole = next
        }
        offsets[hole] = Self.free
        return removed
    }

    /// The slot where a probe begins.
    private func home(_ hash: Hash128) -> Int {
        Int(truncatingIfNeeded: hash.low.multipliedFullWidth(by: UInt64(offsets.count)).high)
    }

    private func distance(from slot: Int, to later: Int) -> Int {
        later >= slot ? later - slot : later - slot + offsets.count
    }

    private func find(_ hash: Hash128) -> Int {
        var slot = home(hash)
        while offsets[slot] != Self.free, hashes[slot] != hash { slot = slot + 1 == offsets.count ? 0 : slot + 1 }
        return slot
    }

    private mutating func grow() {
        let (oldHashes, oldOffsets) = (hashes, offsets)
        let capacity = max(64, oldOffsets.count / 2 * 3)
        hashes = [Hash128](repeating: Hash128(high: 0, low: 0), count: capacity)
        offsets = [UInt64](repeating: Self.free, count: capacity)
        for (old, offset) in oldOffsets.enumerated() where offset != Self.free {
            let slot = find(oldHashes[old])
            hashes[slot] = oldHashes[old]
            offsets[slot] = offset
        }
    }
}
