/// A set of 64-bit hashes that is exact up to 65,536 of them and then becomes a HyperLogLog sketch of 2¹⁴ registers, built from
/// the same hashes (standard error 0.81 %). The representation depends only on the union of the inserted hashes: whether there
/// are more than 65,536. Two values with the same hash count once; among 65,536 the probability is 10⁻¹⁰.
struct DistinctSet: Sendable {
    static let exactLimit = 65_536
    static let registerBits: UInt64 = 14
    static let registerCount = 1 << 14

    /// Open addressing; a power of two in size, at most half full. The hash 0 is represented by `hasZero`. Empty once promoted.
    private(set) var slots: [UInt64] = []
    private(set) var hasZero = false
    /// The number of hashes in the exact set.
    private(set) var count = 0
    /// The hashes that were already sorted, ascending, and those inserted since.
    private var ordered: [UInt64] = []
    private var unordered: [UInt64] = []
    /// 2¹⁴ registers once promoted, otherwise empty.
    private(set) var registers: [UInt8] = []

    var isEmpty: Bool { count == 0 && registers.isEmpty }

    @inline(__always)
    mutating func insert(_ hash: UInt64) {
        if !registers.isEmpty { return register(hash) }
        if count * 2 >= slots.count { grow() }
        if hash == 0 {
            if !hasZero {
                hasZero = true
                count += 1
                if !ordered.isEmpty { unordered.append(0) }
            }
        } else {
            let mask = slots.count - 1
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 {
                if slots[slot] == hash { return }
                slot = (slot + 1) & mask
            }
            slots[slot] = hash
            count += 1
            if !ordered.isEmpty { unordered.append(hash) }
        }
        if count > Self.exactLimit { promote() }
    }

    /// Inserts many hashes; equivalent to inserting them one by one.
    mutating func insert(contentsOf hashes: [UInt64]) {
        var index = 0
        while index < hashes.count {
            // As many as fit without a capacity check.
            let end = registers.isEmpty ? min(hashes.count, index + max(0, slots.count / 2 - count)) : index
            if end == index {
                insert(hashes[index])
                index += 1
                continue
            }
            insertFitting(hashes, index..<end)
            index = end
            if count > Self.exactLimit { promote() }
        }
    }

    private mutating func insertFitting(_ hashes: [UInt64], _ range: Range<Int>) {
        var added = 0
        (ordered, unordered) = ([], [])
        slots.withUnsafeMutableBufferPointer { slots in
            let mask = slots.count - 1
            for index in range {
                let hash = hashes[index]
                if hash == 0 {
                    if !hasZero {
                        hasZero = true
                        added += 1
                    }
                    continue
                }
                var slot = Int(truncatingIfNeeded: hash) & mask
                while slots[slot] != 0, slots[slot] != hash { slot = (slot + 1) & mask }
                if slots[slot] == 0 {
                    slots[slot] = hash
                    added += 1
                }
            }
        }
        count += added
    }

    mutating func formUnion(_ other: DistinctSet) {
        if isEmpty {
            self = other
        } else if !other.registers.isEmpty {
            if registers.isEmpty { promote() }
            for index in 0..<Self.registerCount { registers[index] = max(registers[index], other.registers[index]) }
        } else {
            other.forEachHash { insert($0) }
        }
    }

    private func forEachHash(_ body: (UInt64) -> Void) {
        if hasZero { body(0) }
        for hash in slots where hash != 0 { body(hash) }
    }

    private mutating func grow() {
        // Large sets grow in larger steps, to move hashes less often. The last size holds `exactLimit`.
        let step = slots.count >= 1024 && slots.count * 4 <= Self.exactLimit * 2 ? 4 : 2
        grow(to: max(16, slots.count * step))
    }

    private mutating func grow(to size: Int) {
        let old = slots
        slots = [UInt64](repeating: 0, count: size)
        let mask = slots.count - 1
        for hash in old where hash != 0 {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = hash
        }
    }

    /// Reserves capacity for this many hashes in total; only a hint.
    mutating func reserve(_ total: Int) {
        guard registers.isEmpty else { return }
        let wanted = min(total, Self.exactLimit)
        if wanted * 2 >= slots.count { grow(to: 16 << max(0, UInt64.bitWidth - UInt64(wanted >> 3).leadingZeroBitCount)) }
    }

    private mutating func promote() {
        registers = [UInt8](repeating: 0, count: Self.registerCount)
        forEachHash { hash in register(hash) }
        slots = []
        (ordered, unordered) = ([], [])
        hasZero = false
        count = 0
    }

    /// Sorts the hashes and keeps the order, so that a set that is written repeatedly with a few more hashes is not sorted from
    /// scratch each time.
    mutating func order() {
        guard registers.isEmpty else { return }
        guard ordered.count + unordered.count == count else {
            ordered = []
            ordered.reserveCapacity(count)
            forEachHash { ordered.append($0) }
            ordered.sortHashes()
            unordered = []
            return
        }
        unordered.sort()
        // Both are ascending: merge from the end.
        var (old, new, place) = (ordered.count - 1, unordered.count - 1, count - 1)
        ordered += unordered
        while new >= 0 {
            if old >= 0, ordered[old] > unordered[new] {
                ordered[place] = ordered[old]
                old -= 1
            } else {
                ordered[place] = unordered[new]
                new -= 1
            }
            place -= 1
        }
        unordered.removeAll(keepingCapacity: true)
    }

    /// The register is given by the hash's upper 14 bits; its value is one more than the leading zeros of the other 50.
    private mutating func register(_ hash: UInt64) {
        let index = Int(hash >> (64 - Self.registerBits))
        let rest = hash << Self.registerBits | 1 << (Self.registerBits - 1)
        registers[index] = max(registers[index], UInt8(rest.leadingZeroBitCount + 1))
    }

    /// Kind 0: count u32, the hashes ascending. Kind 1: the registers.
    func encode(_ out: inout StateWriter) {
        if !registers.isEmpty {
            out.fixed(UInt8(1))
            out.bytes += registers
            return
        }
        out.fixed(UInt8(0))
        var hashes = ordered
        if hashes.count < count {
            hashes = []
            hashes.reserveCapacity(count)
            forEachHash { hashes.append($0) }
            hashes.sortHashes()
        }
        out.fixed(UInt32(truncatingIfNeeded: count))
        out.numbers(hashes)
    }

    init() {}

    /// A promoted set with these registers, 2¹⁴ values up to 51.
    init(registers: [UInt8]) {
        precondition(registers.count == Self.registerCount, "\(registers.count) registers")
        self.registers = registers
    }

    init(_ reader: inout StateReader) throws(StateError) {
        switch try reader.fixed(UInt8.self) {
        case 0:
            let number = Int(try reader.fixed(UInt32.self))
            guard number <= Self.exactLimit, number <= reader.remaining / 8 else { throw reader.fail("\(number) hashes") }
            var previous: UInt64?
            for _ in 0..<number {
                let hash = try reader.fixed(UInt64.self)
                if let previous, hash <= previous { throw reader.fail("hashes out of order") }
                previous = hash
                insert(hash)
            }
        case 1:
            registers = Array(reader.bytes[try reader.take(Self.registerCount)])
            guard registers.allSatisfy({ $0 <= 51 }) else { throw reader.fail("a register above 51") }
        default: throw reader.fail("a distinct set of unknown kind")
        }
    }
}
