/// Maps numbers to codes by open addressing: used once per row for a numeric column, without key bytes for each row.
struct NumberCodes {
    private var keys: [UInt64] = []
    /// Code + 1, or 0 for a free slot.
    private var codes: [UInt32] = []
    private var count = 0

    /// The code of the number with the bits `bits`; `made` creates one for a new number. O(1) expected.
    @inline(__always)
    mutating func code(_ bits: UInt64, _ made: () -> UInt32) -> UInt32 {
        if (count + 1) * 2 > keys.count { grow() }
        let mask = keys.count - 1
        var slot = Self.place(bits) & mask
        while codes[slot] != 0 {
            if keys[slot] == bits { return codes[slot] - 1 }
            slot = (slot + 1) & mask
        }
        let code = made()
        keys[slot] = bits
        codes[slot] = code &+ 1
        count += 1
        return code
    }

    private mutating func grow() {
        let (oldKeys, oldCodes) = (keys, codes)
        let size = max(64, oldKeys.count * 4)
        keys = [UInt64](repeating: 0, count: size)
        codes = [UInt32](repeating: 0, count: size)
        for (key, code) in zip(oldKeys, oldCodes) where code != 0 {
            var slot = Self.place(key) & (size - 1)
            while codes[slot] != 0 { slot = (slot + 1) & (size - 1) }
            keys[slot] = key
            codes[slot] = code
        }
    }

    @inline(__always)
    private static func place(_ bits: UInt64) -> Int {
        let product = (bits ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return Int(truncatingIfNeeded: (product.high ^ product.low) >> 1)
    }
}
