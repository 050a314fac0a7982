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

    /// Appends the number of each string at `spans` of `text` to `numbers`.
    mutating func intern(_ spans: UnsafeBufferPointer<TextSpan>, of text: UnsafeRawPointer, into numbers: inout [UInt32]) {
        numbers.reserveAmortized(spans.count)
        var done = 0
        while done < spans.count {
            done += appendKnown(spans, from: done, of: text, to: &numbers)
            guard done < spans.count else { break }
            let span = spans[done]
            numbers.append(intern(UnsafeRawBufferPointer(start: text + Int(span.start), count: Int(span.count))))
            done += 1
        }
    }

    /// The same up to the first string that is new. Returns how many there were.
    private func appendKnown(
        _ spans: UnsafeBufferPointer<TextSpan>, from start: Int, of text: UnsafeRawPointer, to numbers: inout [UInt32]
    ) -> Int {
        guard !slots.isEmpty else { return 0 }
        return slots.withUnsafeBufferPointer { slots in
            keys.withUnsafeBufferPointer { keys in
                let mask = slots.count - 1
                var place = start
                while place < spans.count {
                    let span = spans[place]
                    let utf8 = UnsafeRawBufferPointer(start: text + Int(span.start), count: Int(span.count))
                    let key = Self.key(utf8)
                    let hash = Self.hash(key)
                    var index = Int(truncatingIfNeeded: hash) & mask
                    var slot = slots[index]
                    while slot != 0 {
                        let number = UInt32(truncatingIfNeeded: slot) &- 1
                        if (slot ^ hash) >> 32 == 0, keys[Int(number)] == key, isSame(number, utf8) {
                            numbers.append(number)
                            break
                        }
                        index = (index &+ 1) & mask
                        slot = slots[index]
                    }
                    if slot == 0 { break }
                    place &+= 1
                }
                return place - start
            }
        }
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

    /// Eight bytes at a time; both are as long as one another, and longer than `Key.wholeMax`.
    @inline(__always)
    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        let count = left.count
        guard count == right.count, count > Key.wholeMax, let left = left.baseAddress, let right = right.baseAddress
        else { return false }
        // The first 16 bytes and the last 16, which are all of most; then those between.
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
        guard count >= 8, let start = utf8.baseAddress else { return shortKey(utf8) }
        var head = start.loadUnaligned(as: UInt64.self)
        let tail = start.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        if count > Key.wholeMax {
            // The 16 bytes behind the first eight, or before the last eight where there are not so many; then the others.
            let second = start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            let third = start.loadUnaligned(fromByteOffset: count &- 16, as: UInt64.self)
            head = fold(head ^ 0x2545_F491_4F6C_DD1D, second) ^ fold(third ^ 0x9E37_79B9_7F4A_7C15, tail)
            var middle = 16
            while middle &+ 16 < count {
                head = fold(head ^ 0x2545_F491_4F6C_DD1D, start.loadUnaligned(fromByteOffset: middle, as: UInt64.self))
                middle &+= 8
            }
        }
        return Key(head: head, tail: tail, length: count)
    }

    @inline(__always)
    private static func shortKey(_ utf8: UnsafeRawBufferPointer) -> Key {
        let count = utf8.count
        guard count > 0, let start = utf8.baseAddress else { return Key(head: 0, tail: 0, length: 0) }
        if count >= 4 {
            let low = start.loadUnaligned(as: UInt32.self)
            let high = start.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return Key(head: UInt64(low) | UInt64(high) << 32, tail: 0, length: count)
        }
        // One to three bytes: first, middle and last are all of them.
        let head = UInt64(utf8[0]) | UInt64(utf8[count >> 1]) << 8 | UInt64(utf8[count &- 1]) << 16
        return Key(head: head, tail: 0, length: count)
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

extension Array {
    /// Room for `count` more, without giving up that growth doubles.
    mutating func reserveAmortized(_ more: Int) {
        if capacity - count < more { reserveCapacity(Swift.max(count + more, capacity * 2)) }
    }
}
