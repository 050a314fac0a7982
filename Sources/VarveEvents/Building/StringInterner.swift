// Maps a string to its number:
//
//     slots     ┌──────────────┬──────────────┐   32 bits each, open addressing with linear probing, at most half full
//               │ hash         │ entry        │   entry: the string's number + 1, or 0 in a free slot; as many bits as the
//               └──────────────┴──────────────┘   number of slots needs, the rest are hash bits
//     keys      ┌────────┬────────┬────────┬────────┬────────┐   one per string, in order of first appearance, so that
//               │ length │ first  │ second │ third  │ last   │   recent strings are adjacent
//               └────────┴────────┴────────┴────────┴────────┘

/// Assigns a small number to each distinct string of a column, in order of first appearance.
///
/// This lookup is done for every string of every event that enters the log, and its cost is cache misses. So slots are small, a
/// string of up to 32 bytes is identified by its first and last sixteen bytes (which overlap in shorter ones), and only longer
/// strings are compared in the table. For many strings at once, first all slots are loaded, then all keys compared, so that the
/// misses of one round overlap.
struct StringInterner: Sendable {
    private(set) var table = StringTable()
    private var keys: [Key] = []
    private var slots: [UInt32] = []
    let seed: TableSeed

    init(seed: TableSeed = .process) { self.seed = seed }

    /// The slot of each string, by number; for tests.
    var places: [Int] {
        let tagMask = ~UInt32(truncatingIfNeeded: slots.count - 1)
        var places = [Int](repeating: 0, count: count)
        for (place, slot) in slots.enumerated() where slot != 0 { places[Int(slot & ~tagMask) - 1] = place }
        return places
    }

    /// A string to look up. `text` is only accessed during the call that received it.
    struct Probe: BitwiseCopyable, @unchecked Sendable {
        var key: Key
        /// The string's bytes; needed only for a long string.
        var text: UnsafeRawPointer?
        var hash: UInt64 = 0
        /// The prefetched content of its slot.
        var slot: UInt32 = 0
    }

    var count: Int { keys.count }

    /// The number of the string `utf8`, new or known. O(1) expected.
    mutating func intern(_ utf8: UnsafeRawBufferPointer) -> UInt32 {
        growSlots(for: 1)
        let key = self.key(utf8)
        return number(Probe(key: key, text: utf8.baseAddress, hash: hash(key)))
    }

    /// Appends the number of each string at `spans` of `text` to `numbers`.
    mutating func intern(_ spans: UnsafeBufferPointer<TextSpan>, of text: UnsafeRawPointer, into numbers: inout [UInt32]) {
        withUnsafeTemporaryAllocation(of: Probe.self, capacity: Self.probesMax) { probes in
            var start = 0
            while start < spans.count {
                let some = UnsafeBufferPointer(rebasing: spans[start..<min(start + Self.probesMax, spans.count)])
                growSlots(for: some.count)
                slots.withUnsafeBufferPointer { slots in
                    for place in some.indices {
                        let utf8 = UnsafeRawBufferPointer(start: text + Int(some[place].start), count: Int(some[place].count))
                        let key = self.key(utf8)
                        let hash = self.hash(key)
                        let slot = slots[Int(truncatingIfNeeded: hash) & (slots.count &- 1)]
                        probes.initializeElement(
                            at: place, to: Probe(key: key, text: utf8.baseAddress, hash: hash, slot: slot))
                    }
                }
                find(UnsafeMutableBufferPointer(rebasing: probes[0..<some.count]), into: &numbers)
                start += some.count
            }
        }
    }

    private static let probesMax = 64

    /// Appends the number of each of `probes` to `numbers`. Their keys must be set.
    mutating func intern(_ probes: UnsafeMutableBufferPointer<Probe>, into numbers: inout [UInt32]) {
        growSlots(for: probes.count)
        slots.withUnsafeBufferPointer { slots in
            for place in probes.indices {
                let hash = self.hash(probes[place].key)
                probes[place].hash = hash
                probes[place].slot = slots[Int(truncatingIfNeeded: hash) & (slots.count &- 1)]
            }
        }
        find(probes, into: &numbers)
    }

    private mutating func find(_ probes: UnsafeMutableBufferPointer<Probe>, into numbers: inout [UInt32]) {
        numbers.append(probes.count) { found in
            var done = 0
            while true {
                done = findKnown(UnsafeBufferPointer(probes), from: done, found)
                guard done < probes.count else { break }
                (found + done).initialize(to: number(probes[done]))
                done += 1
            }
        }
    }

    /// Writes the numbers of strings up to the first new one, and returns its index.
    private func findKnown(
        _ probes: UnsafeBufferPointer<Probe>, from start: Int, _ found: UnsafeMutablePointer<UInt32>
    ) -> Int {
        slots.withUnsafeBufferPointer { slots in
            keys.withUnsafeBufferPointer { keys in
                let mask = slots.count &- 1
                let tagMask = ~UInt32(truncatingIfNeeded: mask)
                var place = start
                while place < probes.count {
                    let hash = probes[place].hash
                    let tag = UInt32(truncatingIfNeeded: hash &>> 32) & tagMask
                    var index = Int(truncatingIfNeeded: hash) & mask
                    // A slot that was free may have been taken since.
                    var slot = probes[place].slot
                    if slot == 0 { slot = slots[index] }
                    while slot != 0 {
                        let number = (slot & ~tagMask) &- 1
                        if slot & tagMask == tag, keys[Int(number)] == probes[place].key, isSame(number, probes[place]) {
                            (found + place).initialize(to: number)
                            break
                        }
                        index = (index &+ 1) & mask
                        slot = slots[index]
                    }
                    if slot == 0 { break }
                    place &+= 1
                }
                return place
            }
        }
    }

    /// The number of a string, new or known. A free slot must be available.
    private mutating func number(_ probe: Probe) -> UInt32 {
        let mask = slots.count - 1
        let tagMask = ~UInt32(truncatingIfNeeded: mask)
        let tag = UInt32(truncatingIfNeeded: probe.hash >> 32) & tagMask
        var index = Int(truncatingIfNeeded: probe.hash) & mask
        while slots[index] != 0 {
            let slot = slots[index]
            let number = (slot & ~tagMask) &- 1
            if slot & tagMask == tag, keys[Int(number)] == probe.key, isSame(number, probe) { return number }
            index = (index &+ 1) & mask
        }
        let number = UInt32(truncatingIfNeeded: count)
        if probe.key.length > Key.wholeMax {
            table.append(UnsafeRawBufferPointer(start: probe.text, count: probe.key.length))
        } else {
            Self.withText(probe.key) { table.append($0) }
        }
        keys.append(probe.key)
        slots[index] = tag | (number &+ 1)
        return number
    }

    /// Forgets all strings but keeps the memory.
    mutating func reset() {
        let (strings, bytes) = (table.count, table.bytes.count)
        table = StringTable()
        table.reserve(strings: strings, bytes: bytes)
        keys.removeAll(keepingCapacity: true)
        for index in slots.indices { slots[index] = 0 }
    }

    /// Whether the string is the same, given that the keys are equal.
    @inline(__always)
    private func isSame(_ number: UInt32, _ probe: Probe) -> Bool {
        probe.key.length <= Key.wholeMax || isSameLong(number, probe)
    }

    @inline(never)
    private func isSameLong(_ number: UInt32, _ probe: Probe) -> Bool {
        let utf8 = UnsafeRawBufferPointer(start: probe.text, count: probe.key.length)
        return table.withBytes(of: Int(number)) { Self.areEqual($0, utf8) }
    }

    /// Compares eight bytes at a time. Both have equal length, above `Key.wholeMax`.
    @inline(__always)
    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        let count = left.count
        guard count == right.count, count > Key.wholeMax, let left = left.baseAddress, let right = right.baseAddress
        else { return false }
        // The first and last 16 bytes, then those in between.
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

    /// Grows the slots so that half of them stay free with `more` strings.
    private mutating func growSlots(for more: Int) {
        while (count + more) * 2 > slots.count { grow() }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: max(64, slots.count * 2))
        let mask = slots.count - 1
        for (number, key) in keys.enumerated() {
            let hash = self.hash(key)
            var index = Int(truncatingIfNeeded: hash) & mask
            while slots[index] != 0 { index = (index + 1) & mask }
            slots[index] =
                UInt32(truncatingIfNeeded: hash >> 32) & ~UInt32(truncatingIfNeeded: mask)
                | UInt32(truncatingIfNeeded: number + 1)
        }
    }
}
