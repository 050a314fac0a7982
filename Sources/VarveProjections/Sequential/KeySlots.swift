internal import VarveHash

/// Maps keys to slots. A key keeps its slot, with or without an entry, until the slots are rebuilt: a key that is removed and
/// added again gets the same slot, and callers may hold slot numbers meanwhile.
@usableFromInline
struct KeySlots: Sendable {
    private(set) var keys: [[UInt8]] = []
    private var hashes: [UInt64] = []
    /// Slot number + 1, or 0 if free; a power of two in size, at most half full.
    private var table: [UInt32] = []

    var count: Int { keys.count }

    private static func hash(_ key: [UInt8]) -> UInt64 {
        key.withUnsafeBytes { XXH3.hash64($0) }
    }

    /// The slot of `key`, if it has one. O(1) expected.
    @usableFromInline
    func find(_ key: [UInt8]) -> Int? {
        guard !table.isEmpty else { return nil }
        let hash = Self.hash(key)
        let mask = table.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while table[index] != 0 {
            let slot = Int(table[index] - 1)
            if hashes[slot] == hash, keys[slot] == key { return slot }
            index = (index + 1) & mask
        }
        return nil
    }

    /// The slot of `key`, created if needed.
    @usableFromInline
    mutating func slot(of key: [UInt8]) -> Int {
        if let known = find(key) { return known }
        keys.append(key)
        hashes.append(Self.hash(key))
        if count * 2 > table.count { grow() } else { place(count - 1) }
        return count - 1
    }

    private mutating func place(_ slot: Int) {
        let mask = table.count - 1
        var index = Int(truncatingIfNeeded: hashes[slot]) & mask
        while table[index] != 0 { index = (index + 1) & mask }
        table[index] = UInt32(truncatingIfNeeded: slot + 1)
    }

    private mutating func grow() {
        table = [UInt32](repeating: 0, count: max(64, table.count * 2))
        for slot in keys.indices { place(slot) }
    }

    /// All slots, ordered by the bytes of their keys.
    func sorted() -> [Int] {
        keys.indices.sorted { keys[$0].lexicographicallyPrecedes(keys[$1]) }
    }
}
