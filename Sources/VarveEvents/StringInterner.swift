// From a string to its number:
//
//     slots     ┌──────────────┬──────────────┐   32 bits each, open addressing with linear probing, at most half full
//               │ hash         │ entry        │   entry: the string's number + 1, 0 in a free slot; as many bits as number
//               └──────────────┴──────────────┘   the slots, the others are of the hash
//     keys      ┌────────┬────────┬────────┬────────┬────────┐   one for each string, in order of first appearance: strings
//               │ length │ first  │ second │ third  │ last   │   that came lately lie together
//               └────────┴────────┴────────┴────────┴────────┘

/// Gives each distinct string of a column a small number, in order of first appearance.
///
/// This lookup is done for every string of every event that enters the log, and what it costs are cache misses. So a slot is
/// small; a string of up to 32 bytes is told by its first and last sixteen bytes, which overlap in shorter ones, and only longer
/// ones are compared in the table. Where single values come, the last one is tried first: neighbouring events are alike.
struct StringInterner: Sendable {
    private(set) var table = StringTable()
    var keys: [Key] = []
    var slots: [UInt32] = []
    /// What came last, and its number.
    var last = (key: Key(length: -1), number: UInt32(0))

    /// What tells short strings apart entirely and long ones nearly.
    struct Key {
        var length: Int
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var last: UInt64 = 0

        /// Strings over this many bytes are compared in the table, too.
        static let wholeMax = 32

        @inline(__always)
        static func == (left: Key, right: Key) -> Bool {
            let low = (left.first ^ right.first) | (left.second ^ right.second)
            let high = (left.third ^ right.third) | (left.last ^ right.last)
            return low | high == 0 && left.length == right.length
        }
    }

    /// A string to be looked up, and what stood in its slot.
    struct Probe {
        var key: Key
        var hash: UInt64
        var slot: UInt32
    }

    var count: Int { keys.count }

    /// The number of the string `utf8`, new or known. O(1) expected.
    mutating func intern(_ utf8: UnsafeRawBufferPointer) -> UInt32 {
        let key = Self.key(utf8)
        if last.key == key, isSame(last.number, utf8) { return last.number }
        if (count + 1) * 2 > slots.count { grow() }
        let number = number(utf8, Probe(key: key, hash: Self.hash(key), slot: 0))
        last = (key, number)
        return number
    }

    /// The number of a string, new or known, for which there is a free slot.
    @inline(__always)
    mutating func number(_ utf8: UnsafeRawBufferPointer, _ probe: Probe) -> UInt32 {
        let mask = slots.count - 1
        let tagMask = ~UInt32(truncatingIfNeeded: mask)
        let tag = UInt32(truncatingIfNeeded: probe.hash >> 32) & tagMask
        var index = Int(truncatingIfNeeded: probe.hash) & mask
        // A free slot may have been taken since.
        var slot = probe.slot == 0 ? slots[index] : probe.slot
        while slot != 0 {
            let number = (slot & ~tagMask) &- 1
            if slot & tagMask == tag, keys[Int(number)] == probe.key, isSame(number, utf8) { return number }
            index = (index &+ 1) & mask
            slot = slots[index]
        }
        let number = UInt32(truncatingIfNeeded: count)
        table.append(utf8)
        keys.append(probe.key)
        slots[index] = tag | (number &+ 1)
        return number
    }

    /// Forgets all strings, keeping memory for as many.
    mutating func reset() {
        let (strings, bytes) = (table.count, table.bytes.count)
        table = StringTable()
        table.reserve(strings: strings, bytes: bytes)
        keys.removeAll(keepingCapacity: true)
        for index in slots.indices { slots[index] = 0 }
        last.key.length = -1
    }

    /// Whether a string whose key equals is the same string.
    @inline(__always)
    func isSame(_ number: UInt32, _ utf8: UnsafeRawBufferPointer) -> Bool {
        utf8.count <= Key.wholeMax || table.withBytes(of: Int(number)) { Self.areEqual($0, utf8) }
    }

    /// Eight bytes at a time; both are as long as one another, and longer than `Key.wholeMax`, so than 16.
    @inline(__always)
    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        let count = left.count
        guard count == right.count, count > Key.wholeMax, let left = left.baseAddress, let right = right.baseAddress
        else { return false }
        // The first 16 bytes and the last 16; then those between.
        var different = difference(left, right, 0) | difference(left, right, 8)
        different |= difference(left, right, count &- 16) | difference(left, right, count &- 8)
        var middle = 16
        while middle &+ 16 < count {
            different |= difference(left, right, middle)
            middle &+= 8
        }
        return different == 0
    }

    @inline(__always)
    private static func difference(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ place: Int) -> UInt64 {
        left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            ^ right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    }

    mutating func grow() {
        slots = [UInt32](repeating: 0, count: max(64, slots.count * 2))
        let mask = slots.count - 1
        for (number, key) in keys.enumerated() {
            let hash = Self.hash(key)
            var index = Int(truncatingIfNeeded: hash) & mask
            while slots[index] != 0 { index = (index + 1) & mask }
            slots[index] = UInt32(truncatingIfNeeded: hash >> 32) & ~UInt32(truncatingIfNeeded: mask)
                | UInt32(truncatingIfNeeded: number + 1)
        }
    }

    @inline(__always)
    static func key(_ utf8: UnsafeRawBufferPointer) -> Key {
        let count = utf8.count
        guard count >= 8, let start = utf8.baseAddress else { return shortKey(utf8) }
        var key = Key(length: count)
        key.first = start.loadUnaligned(as: UInt64.self)
        key.second = start.loadUnaligned(fromByteOffset: min(8, count &- 8), as: UInt64.self)
        key.third = start.loadUnaligned(fromByteOffset: max(16, count) &- 16, as: UInt64.self)
        key.last = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        if count > Key.wholeMax {
            var middle = 16
            while middle &+ 16 < count {
                let word = start.loadUnaligned(fromByteOffset: middle, as: UInt64.self)
                key.second = fold(key.second ^ 0x2545_F491_4F6C_DD1D, word)
                middle &+= 8
            }
        }
        return key
    }

    @inline(__always)
    private static func shortKey(_ utf8: UnsafeRawBufferPointer) -> Key {
        let count = utf8.count
        guard count > 0, let start = utf8.baseAddress else { return Key(length: 0) }
        if count >= 4 {
            let low = start.loadUnaligned(as: UInt32.self)
            let high = start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return Key(length: count, first: UInt64(low) | UInt64(high) << 32)
        }
        // One to three bytes: first, middle and last are all of them.
        let head = UInt64(utf8[0]) | UInt64(utf8[count >> 1]) << 8 | UInt64(utf8[count &- 1]) << 16
        return Key(length: count, first: head)
    }

    /// In memory only: never stored, free to change.
    @inline(__always)
    static func hash(_ key: Key) -> UInt64 {
        let length = UInt64(truncatingIfNeeded: key.length) &* 0xE703_7ED1_A0B4_28DB
        return fold(key.first ^ 0xA076_1D64_78BD_642F, key.last ^ length ^ 0x8EBC_6AF0_9C88_C6E3)
            ^ fold(key.second ^ 0x2D35_8DCC_AA6C_78A5, key.third ^ 0x8BB8_4B93_962E_ACC9)
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
