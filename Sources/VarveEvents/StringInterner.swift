// From a string to its number:
//
//     slots     ┌──────────────┬──────────────┐   one word each, open addressing with linear probing, at most half full
//               │ hash <32b>   │ entry <32b>  │   entry: the string's number + 1, 0 in a free slot
//               └──────────────┴──────────────┘
//     keys      ┌──────────────┬──────────────┐   one for each string, in order of first appearance: strings that came lately
//               │ head         │ tail         │   lie together
//               └──────────────┴──────────────┘

/// Gives each distinct string of a column a small number, in order of first appearance.
///
/// This lookup is done for every string of every event that enters the log, and what it costs are cache misses. So a slot is a
/// word; a string of up to 16 bytes is told by its first and last eight bytes, and only longer ones are compared in the
/// table. The value that came last is tried first: neighbouring events are alike.
struct StringInterner: Sendable {
    private(set) var table = StringTable()
    private var keys: [Key] = []
    private var slots: [UInt64] = []
    /// What came last, and its number.
    private var last = (key: Key(head: 0, tail: 0, length: -1), number: UInt32(0))

    /// What tells short strings apart entirely and long ones nearly.
    private struct Key: Equatable {
        var head: UInt64
        var tail: UInt64
        var length: Int

        /// Strings over this many bytes are compared in the table, too.
        static let wholeMax = 16
    }

    var count: Int { keys.count }

    /// The number of the string `utf8`, new or known. O(1) expected.
    mutating func intern(_ utf8: UnsafeRawBufferPointer) -> UInt32 {
        let key = Self.key(utf8)
        if last.key == key, isSame(last.number, utf8) { return last.number }
        if count * 2 >= slots.count { grow() }
        let hash = Self.hash(key)
        let mask = slots.count - 1
        let tag = hash & 0xFFFF_FFFF_0000_0000
        var index = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[index]
            if slot == 0 { break }
            let number = UInt32(truncatingIfNeeded: slot) &- 1
            if slot & 0xFFFF_FFFF_0000_0000 == tag, keys[Int(number)] == key, isSame(number, utf8) {
                last = (key, number)
                return number
            }
            index = (index + 1) & mask
        }
        let number = UInt32(truncatingIfNeeded: count)
        table.append(utf8)
        keys.append(key)
        slots[index] = tag | UInt64(number &+ 1)
        last = (key, number)
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
    private func isSame(_ number: UInt32, _ utf8: UnsafeRawBufferPointer) -> Bool {
        utf8.count <= Key.wholeMax || table.withBytes(of: Int(number)) { Self.areEqual($0, utf8) }
    }

    /// Eight bytes at a time; both are as long as one another, and longer than that.
    @inline(__always)
    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count, left.count >= 8 else { return false }
        var different: UInt64 = 0
        for start in stride(from: 0, to: left.count - 8, by: 8) {
            different |=
                left.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                ^ right.loadUnaligned(fromByteOffset: start, as: UInt64.self)
        }
        let end = left.count - 8
        different |=
            left.loadUnaligned(fromByteOffset: end, as: UInt64.self) ^ right.loadUnaligned(fromByteOffset: end, as: UInt64.self)
        return different == 0
    }

    private mutating func grow() {
        slots = [UInt64](repeating: 0, count: max(64, slots.count * 2))
        let mask = slots.count - 1
        for (number, key) in keys.enumerated() {
            let hash = Self.hash(key)
            var index = Int(truncatingIfNeeded: hash) & mask
            while slots[index] != 0 { index = (index + 1) & mask }
            slots[index] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
        }
    }

    @inline(__always)
    private static func key(_ utf8: UnsafeRawBufferPointer) -> Key {
        let count = utf8.count
        var head: UInt64 = 0
        var tail: UInt64 = 0
        if count >= 8 {
            head = utf8.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            tail = utf8.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            if count > Key.wholeMax {
                var middle = 8
                while middle + 8 <= count {
                    head = fold(head ^ 0x2545_F491_4F6C_DD1D, utf8.loadUnaligned(fromByteOffset: middle, as: UInt64.self))
                    middle += 8
                }
            }
        } else {
            for byte in utf8 { head = head << 8 | UInt64(byte) }
        }
        return Key(head: head, tail: tail, length: count)
    }

    /// In memory only: never stored, free to change.
    @inline(__always)
    private static func hash(_ key: Key) -> UInt64 {
        let length = UInt64(truncatingIfNeeded: key.length) &* 0xE703_7ED1_A0B4_28DB
        return fold(key.head ^ 0xA076_1D64_78BD_642F, key.tail ^ length ^ 0x8EBC_6AF0_9C88_C6E3)
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
