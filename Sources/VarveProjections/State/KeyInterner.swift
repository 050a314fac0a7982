internal import VarveHash

/// Assigns small numbers to dimension values, given as key bytes. Numbers differ between states and are never stored.
struct KeyInterner: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var bounds: [Int] = [0]
    private var hashes: [UInt32] = []
    /// Entry number + 1, or 0 for a free slot; a power of two in size, at most half full.
    private var slots: [UInt32] = []

    var count: Int { hashes.count }

    func range(of id: UInt32) -> Range<Int> {
        bounds[Int(id)]..<bounds[Int(id) + 1]
    }

    /// The number of the value with these key bytes, assigned if new. O(1) expected.
    mutating func intern(_ key: [UInt8]) -> UInt32 {
        key.withUnsafeBytes { intern($0) }
    }

    mutating func intern(_ key: UnsafeRawBufferPointer) -> UInt32 {
        let hash = UInt32(truncatingIfNeeded: XXH3.hash64(key))
        if count * 2 >= slots.count { grow() }
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = slots[slot] - 1
            if hashes[Int(entry)] == hash, isEqual(entry, key) { return entry }
            slot = (slot + 1) & (slots.count - 1)
        }
        let entry = UInt32(truncatingIfNeeded: count)
        bytes.append(contentsOf: key)
        bounds.append(bytes.count)
        hashes.append(hash)
        slots[slot] = entry + 1
        return entry
    }

    private func isEqual(_ entry: UInt32, _ key: UnsafeRawBufferPointer) -> Bool {
        let range = range(of: entry)
        guard range.count == key.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            var index = 0
            while index + 8 <= key.count {
                let own = bytes.loadUnaligned(fromByteOffset: range.lowerBound + index, as: UInt64.self)
                if own != key.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
                index += 8
            }
            while index < key.count {
                if bytes[range.lowerBound + index] != key[index] { return false }
                index += 1
            }
            return true
        }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: max(64, slots.count * 4))
        for (entry, hash) in hashes.enumerated() {
            var slot = Int(hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(truncatingIfNeeded: entry + 1)
        }
    }

    /// The value with the number `id`.
    func value(_ id: UInt32) -> ViewValue {
        var reader = StateReader(bytes, range(of: id))
        guard let value = try? KeyBytes.read(&reader) else { preconditionFailure("interned bytes are not a dimension value") }
        return value
    }

    /// Per number, its rank in the order of the key bytes.
    func ranks() -> [UInt32] {
        let sorted = (0..<UInt32(truncatingIfNeeded: count)).sorted {
            bytes[range(of: $0)].lexicographicallyPrecedes(bytes[range(of: $1)])
        }
        var ranks = [UInt32](repeating: 0, count: count)
        for (rank, id) in sorted.enumerated() { ranks[Int(id)] = UInt32(truncatingIfNeeded: rank) }
        return ranks
    }
}
