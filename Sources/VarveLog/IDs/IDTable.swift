// A hash table from hash to offset, for the ids of one unsealed segment:
//
//     slots     ┌──────────────┬──────────────┐   32 bits each, open addressing with linear probing, at most two thirds full
//               │ tag          │ entry        │   entry: index + 1, or 0 in a free slot; as many bits as the number of slots
//               └──────────────┴──────────────┘   needs, the rest are tag bits of the hash
//     pages     ┌────────────┬────────────┬────────────┐   the entries, hash and offset, in insertion order
//               │ 4,096      │ 4,096      │ …          │
//               └────────────┴────────────┴────────────┘
//
// Most ids are new. Finding that out reads only the slots, which take a sixth of the memory and stay in cache; entries are
// appended sequentially. Growing the table rewrites the slots and leaves the entries in place.

internal import VarveEvents
internal import VarveHash

struct IDTable: Sendable {
    private var slots: [UInt32] = []
    private var pages: [[IDEntry]] = []
    private(set) var count = 0
    private let homes: IDSlots
    /// The number of slots for the expected ids. The table grows beyond it only when more ids come.
    private let usualSlots: Int
    /// Stands for "no offset". Offsets are dense from 0, so no event has this one.
    static let none = UInt64.max
    /// Bytes per id in a table that holds the expected number: the entry and one and a half slots.
    static let bytesPerID = 30
    private static let pageBits = 12
    private static let slotsMin = 64
    /// How many slots are prefetched at once, so that their cache misses overlap.
    private static let probesMax = 32

    /// A table for `expected` ids; it grows for more.
    init(expected: Int = 0, seed: TableSeed = .process) {
        usualSlots = expected / 2 * 3
        homes = IDSlots(seed)
    }

    /// Adds the id unless it is present. If it is, returns the offset of its event.
    mutating func insert(_ hash: Hash128, _ offset: UInt64) -> UInt64? {
        reserve(1)
        let slot = find(hash)
        if slots[slot] != 0 { return entry(slots[slot]).offset }
        add(IDEntry(hash: hash, offset: offset), slot)
        return nil
    }

    /// Adds the ids of a batch that are not present. Id number i belongs to row `rows[i]`, or to row i when `rows` is empty.
    /// The offset of a new event is `first` plus the number of new rows before it. Returns the duplicates: ids present here or
    /// in `known`, which holds an offset per id.
    mutating func insert(
        _ hashes: [Hash128], rows: [UInt32], first: UInt64, known: [UInt64]
    ) -> [(index: Int, offset: UInt64)] {
        var duplicates: [(index: Int, offset: UInt64)] = []
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.probesMax) { probes in
            for start in stride(from: 0, to: hashes.count, by: Self.probesMax) {
                let some = start..<min(start + Self.probesMax, hashes.count)
                reserve(some.count)
                fetch(hashes, some, probes)
                for index in some {
                    if !known.isEmpty, known[index] != Self.none {
                        duplicates.append((index, known[index]))
                        continue
                    }
                    let slot = find(hashes[index], probes[index - start])
                    if slots[slot] != 0 {
                        duplicates.append((index, entry(slots[slot]).offset))
                        continue
                    }
                    let row = rows.isEmpty ? index : Int(rows[index])
                    add(IDEntry(hash: hashes[index], offset: first + UInt64(row - duplicates.count)), slot)
                }
            }
        }
        return duplicates
    }

    /// The offset of an id, or nil if it is not present.
    func offset(of hash: Hash128) -> UInt64? {
        guard count > 0 else { return nil }
        let slot = slots[find(hash)]
        return slot == 0 ? nil : entry(slot).offset
    }

    /// For each hash without an offset in `known`, stores its offset there if the id is present.
    func lookUp(_ hashes: [Hash128], _ known: inout [UInt64]) {
        guard count > 0 else { return }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.probesMax) { probes in
            for start in stride(from: 0, to: hashes.count, by: Self.probesMax) {
                let some = start..<min(start + Self.probesMax, hashes.count)
                fetch(hashes, some, probes)
                for index in some where known[index] == Self.none {
                    let slot = slots[find(hashes[index], probes[index - start])]
                    if slot != 0 { known[index] = entry(slot).offset }
                }
            }
        }
    }

    /// Removes an id and returns its offset. The last entry moves into its place, and later slots of the probe sequence move
    /// up.
    mutating func remove(_ hash: Hash128) -> UInt64? {
        guard count > 0 else { return nil }
        var hole = find(hash)
        guard slots[hole] != 0 else { return nil }
        let number = Int(slots[hole] & numberMask) - 1
        let removed = entry(slots[hole])
        let last = pages[(count - 1) >> Self.pageBits].removeLast()
        if pages[pages.count - 1].isEmpty { pages.removeLast() }
        if number != count - 1 {
            // Find the slot that refers to the last entry and point it at the new place.
            var slot = homes.slot(last.hash, of: slots.count)
            while slots[slot] & numberMask != UInt32(truncatingIfNeeded: count) { slot = slot + 1 == slots.count ? 0 : slot + 1 }
            slots[slot] = slots[slot] & ~numberMask | UInt32(truncatingIfNeeded: number + 1)
            pages[number >> Self.pageBits][number & (1 << Self.pageBits - 1)] = last
        }
        count -= 1
        var next = hole
        slots[hole] = 0
        while true {
            next = next + 1 == slots.count ? 0 : next + 1
            guard slots[next] != 0 else { break }
            // Keep the entry if its home slot lies behind the hole, cyclically.
            let home = homes.slot(entry(slots[next]).hash, of: slots.count)
            if distance(from: home, to: next) < distance(from: hole, to: next) { continue }
            slots[hole] = slots[next]
            slots[next] = 0
            hole = next
        }
        return removed.offset
    }

    /// Removes the last entries if their hashes are exactly `hashes`, in this order. Otherwise returns nil and changes nothing.
    mutating func removeLast(_ hashes: [Hash128]) -> [IDEntry]? {
        let left = count - hashes.count
        guard left >= 0 else { return nil }
        if hashes.isEmpty { return [] }
        var removed: [IDEntry] = []
        removed.reserveCapacity(hashes.count)
        for number in left..<count {
            let entry = pages[number >> Self.pageBits][number & (1 << Self.pageBits - 1)]
            guard entry.hash == hashes[number - left] else { return nil }
            removed.append(entry)
        }
        if left == 0 {
            self = IDTable(expected: usualSlots / 3 * 2)
            return removed
        }
        let page = (left - 1) >> Self.pageBits
        pages.removeLast(pages.count - 1 - page)
        pages[page].removeLast(pages[page].count - (left - page << Self.pageBits))
        count = left
        fill(slots.count)
        return removed
    }

    // MARK: Slots

    /// The bits of a slot that hold the entry's number.
    private var numberMask: UInt32 { ~0 >> UInt32(UInt32(truncatingIfNeeded: slots.count).leadingZeroBitCount) }

    private static func tag(_ hash: Hash128, _ numberMask: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: hash.high) & ~numberMask
    }

    private func entry(_ slot: UInt32) -> IDEntry {
        let number = Int(slot & numberMask) - 1
        return pages[number >> Self.pageBits][number & (1 << Self.pageBits - 1)]
    }

    /// Adds an entry and refers to it from the free slot `slot`.
    @inline(__always)
    private mutating func add(_ entry: IDEntry, _ slot: Int) {
        slots[slot] = Self.tag(entry.hash, numberMask) | UInt32(truncatingIfNeeded: count + 1)
        let page = count >> Self.pageBits
        if page == pages.count {
            pages.append([])
            if page > 0 { pages[page].reserveCapacity(1 << Self.pageBits) }
        }
        pages[page].append(entry)
        count += 1
    }

    private func distance(from slot: Int, to later: Int) -> Int {
        later >= slot ? later - slot : later - slot + slots.count
    }

    /// The slot of an id, or the free slot where it would be inserted. `probed` is the prefetched value of its home slot, or 0.
    @inline(__always)
    private func find(_ hash: Hash128, _ probed: UInt32 = 0) -> Int {
        let mask = numberMask
        let tag = Self.tag(hash, mask)
        return slots.withUnsafeBufferPointer { slots in
            var place = homes.slot(hash, of: slots.count)
            var slot = probed == 0 ? slots[place] : probed
            while slot != 0 {
                if slot & ~mask == tag, entry(slot).hash == hash { break }
                place = place &+ 1 == slots.count ? 0 : place &+ 1
                slot = slots[place]
            }
            return place
        }
    }

    /// Prefetches the home slots of `some` hashes.
    private func fetch(_ hashes: [Hash128], _ some: Range<Int>, _ probes: UnsafeMutableBufferPointer<UInt32>) {
        slots.withUnsafeBufferPointer { slots in
            for index in some {
                let slot = slots[homes.slot(hashes[index], of: slots.count)]
                probes.initializeElement(at: index - some.lowerBound, to: slot)
            }
        }
    }

    /// Grows the table so that `more` ids fit.
    private mutating func reserve(_ more: Int) {
        while !fits(count + more) {
            // Grow fourfold up to the expected size, because refilling costs more than the memory; never stop just short of it.
            let usual = max(Self.slotsMin, usualSlots)
            let next = max(Self.slotsMin, slots.count * 4)
            fill(slots.count >= usual ? slots.count * 2 : next * 2 > usual ? usual : next)
        }
    }

    /// Whether the table can hold `ids`: up to two thirds full, or four fifths at the expected size or beyond.
    private func fits(_ ids: Int) -> Bool {
        slots.count < usualSlots || usualSlots == 0 ? ids * 3 <= slots.count * 2 : ids * 5 <= slots.count * 4
    }

    /// Rebuilds the slots, `size` of them, from the entries.
    private mutating func fill(_ size: Int) {
        slots = []
        slots = [UInt32](repeating: 0, count: size)
        let (pages, mask, homes) = (pages, numberMask, homes)
        slots.withUnsafeMutableBufferPointer { slots in
            var number: UInt32 = 0
            for page in pages {
                for entry in page {
                    number &+= 1
                    var place = homes.slot(entry.hash, of: slots.count)
                    while slots[place] != 0 { place = place &+ 1 == slots.count ? 0 : place &+ 1 }
                    slots[place] = Self.tag(entry.hash, mask) | number
                }
            }
        }
    }
}
