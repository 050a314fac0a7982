/// Gives each distinct string of a column a small number, in order of first appearance.
///
/// This lookup is done for every string of every event that enters the log, so it costs one cache line: open addressing with
/// linear probing, and a slot that holds a short string (up to 16 bytes) itself, as its first and last eight bytes. Only
/// longer strings are compared in the table. The value that came last is tried first: neighbouring events are alike.
struct StringInterner: Sendable {
    private(set) var table = StringTable()
    /// A power of two in number, at most half of them in use.
    private var slots: [Slot] = []
    private var last = Slot.free

    private struct Slot {
        var key: Key
        /// The string's number + 1; 0 is a free slot.
        var entry: UInt32

        static let free = Slot(key: Key(head: 0, tail: 0, tag: 0), entry: 0)
    }

    /// What tells short strings apart entirely and long ones nearly.
    private struct Key: Equatable {
        var head: UInt64
        var tail: UInt64
        /// 24 bits of hash, 8 bits of length (255 for all longer ones).
        var tag: UInt32

        /// Strings over this many bytes are compared in the table, too.
        static let wholeMax = 16
    }

    var count: Int { table.count }

    /// The number of the string `utf8`, new or known. O(1) expected.
    mutating func intern(_ utf8: UnsafeRawBufferPointer) -> UInt32 {
        let (key, hash) = Self.key(utf8)
        if last.key == key, last.entry != 0, isSame(last.entry, utf8) { return last.entry - 1 }
        if count * 2 >= slots.count { grow() }
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[index]
            if slot.entry == 0 { break }
            if slot.key == key, isSame(slot.entry, utf8) {
                last = slot
                return slot.entry - 1
            }
            index = (index + 1) & mask
        }
        table.append(utf8)
        last = Slot(key: key, entry: UInt32(truncatingIfNeeded: count))
        slots[index] = last
        return last.entry - 1
    }

    /// Whether a string whose key equals is the same string.
    private func isSame(_ entry: UInt32, _ utf8: UnsafeRawBufferPointer) -> Bool {
        if utf8.count <= Key.wholeMax { return true }
        return table.withBytes(of: Int(entry - 1)) { $0.elementsEqual(utf8) }
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: .free, count: max(64, old.count * 2))
        let mask = slots.count - 1
        for slot in old where slot.entry != 0 {
            var index = Int(truncatingIfNeeded: Self.hash(slot.key.head, slot.key.tail, slot.key.tag & 0xFF)) & mask
            while slots[index].entry != 0 { index = (index + 1) & mask }
            slots[index] = slot
        }
    }

    @inline(__always)
    private static func key(_ utf8: UnsafeRawBufferPointer) -> (Key, UInt64) {
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
        let length = UInt32(truncatingIfNeeded: min(count, 255))
        let hash = hash(head, tail, length)
        return (Key(head: head, tail: tail, tag: UInt32(truncatingIfNeeded: hash >> 32) & ~0xFF | length), hash)
    }

    /// In memory only: never stored, free to change.
    @inline(__always)
    private static func hash(_ head: UInt64, _ tail: UInt64, _ length: UInt32) -> UInt64 {
        fold(head ^ 0xA076_1D64_78BD_642F, tail ^ UInt64(length) &* 0xE703_7ED1_A0B4_28DB ^ 0x8EBC_6AF0_9C88_C6E3)
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
