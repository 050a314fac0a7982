/// Gives each distinct string of a column a small number, in order of first appearance.
///
/// Open addressing with linear probing over 32-bit entry numbers, our own hash over 8-byte words, and a shortcut for the value
/// that came last: the strings of neighbouring events are often equal, and this lookup is done for every string of every
/// event that enters the log.
struct StringInterner: Sendable {
    private(set) var table = StringTable()
    private var hashes: [UInt32] = []
    /// Entry number + 1, or 0 for a free slot. A power of two in size, at most half full.
    private var slots: [UInt32] = []
    private var last: UInt32 = 0

    var count: Int { hashes.count }

    /// The number of the string `utf8`, new or known. O(1) expected.
    mutating func intern(_ utf8: UnsafeRawBufferPointer) -> UInt32 {
        if count > 0, equals(Int(last), utf8) { return last }
        if count * 2 >= slots.count { grow() }
        let hash = Self.hash(utf8)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let entry = Int(slots[slot] - 1)
            if hashes[entry] == hash, equals(entry, utf8) {
                last = UInt32(truncatingIfNeeded: entry)
                return last
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        let entry = UInt32(truncatingIfNeeded: count)
        table.append(utf8)
        hashes.append(hash)
        slots[slot] = entry + 1
        last = entry
        return entry
    }

    private func equals(_ entry: Int, _ utf8: UnsafeRawBufferPointer) -> Bool {
        let start = Int(table.bounds[entry])
        guard Int(table.bounds[entry + 1]) - start == utf8.count else { return false }
        return table.bytes.withUnsafeBytes { known in
            var index = 0
            while index + 8 <= utf8.count {
                let left = known.loadUnaligned(fromByteOffset: start + index, as: UInt64.self)
                if left != utf8.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
                index += 8
            }
            while index < utf8.count {
                if known[start + index] != utf8[index] { return false }
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

    /// Two multiplications per 16 bytes, folded as in wyhash. In memory only: never stored, free to change.
    private static func hash(_ utf8: UnsafeRawBufferPointer) -> UInt32 {
        let count = utf8.count
        var state = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        var index = 0
        while index + 8 <= count {
            state = fold(state ^ utf8.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        if index < count {
            var tail: UInt64 = 0
            if count >= 8 {
                tail = utf8.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            } else {
                for byte in utf8[index...] { tail = tail << 8 | UInt64(byte) }
            }
            state = fold(state ^ tail)
        }
        return UInt32(truncatingIfNeeded: state ^ state >> 32)
    }

    private static func fold(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        return product.high ^ product.low
    }
}
