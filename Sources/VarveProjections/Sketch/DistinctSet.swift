/// A set of 64-bit hashes that is exact up to 65,536 of them and then becomes a HyperLogLog sketch of 2¹⁴ registers, built
/// from the same hashes (standard error 0.81 %). Which of the two it is depends only on the union of what was inserted: more
/// than 65,536 different hashes or not. Two values with one hash count once; among 65,536 that is a chance of 10⁻¹⁰.
struct DistinctSet: Sendable {
    static let exactLimit = 65_536
    static let registerBits: UInt64 = 14
    static let registerCount = 1 << 14

    /// Open addressing; a power of two in size, at most half full. The hash 0 is kept in `hasZero`. Empty once promoted.
    private(set) var slots: [UInt64] = []
    private(set) var hasZero = false
    /// Hashes in the exact set.
    private(set) var count = 0
    /// 2¹⁴ registers once promoted, else empty.
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
        }
        if count > Self.exactLimit { promote() }
    }

    /// Inserts many; the same as one by one.
    mutating func insert(contentsOf hashes: [UInt64]) {
        var index = 0
        while index < hashes.count {
            // As many as fit without a check for room.
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
        let old = slots
        // Large sets grow in larger steps: what was inserted is then moved less often. The last size holds `exactLimit`.
        let step = old.count >= 1024 && old.count * 4 <= Self.exactLimit * 2 ? 4 : 2
        slots = [UInt64](repeating: 0, count: max(16, old.count * step))
        let mask = slots.count - 1
        for hash in old where hash != 0 {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = hash
        }
    }

    private mutating func promote() {
        registers = [UInt8](repeating: 0, count: Self.registerCount)
        forEachHash { hash in register(hash) }
        slots = []
        hasZero = false
        count = 0
    }

    /// The register is the hash's upper 14 bits; its value one more than the zeros that lead the other 50.
    private mutating func register(_ hash: UInt64) {
        let index = Int(hash >> (64 - Self.registerBits))
        let rest = hash << Self.registerBits | 1 << (Self.registerBits - 1)
        registers[index] = max(registers[index], UInt8(rest.leadingZeroBitCount + 1))
    }

    /// The number of different values: exact, or HyperLogLog's estimate (O. Ertl's improved estimator, which needs no bias
    /// table) rounded to a whole number. A function of how often each register value occurs, so order does not matter.
    var estimate: Int64 {
        if registers.isEmpty { return Int64(count) }
        var histogram = [Int](repeating: 0, count: 52)
        for value in registers { histogram[Int(value)] += 1 }
        let size = Double(Self.registerCount)
        var sum = size * Self.tau(1 - Double(histogram[51]) / size)
        for value in stride(from: 50, through: 1, by: -1) { sum = 0.5 * (sum + Double(histogram[value])) }
        sum += size * Self.sigma(Double(histogram[0]) / size)
        let halfOverLn2 = 0.721_347_520_444_481_7
        let estimate = halfOverLn2 * size * size / sum
        // Registers from damaged bytes can estimate anything.
        return max(Int64(exactly: estimate.rounded()) ?? .max, Int64(Self.exactLimit) + 1)
    }

    private static func sigma(_ share: Double) -> Double {
        if share >= 1 { return .infinity }
        var power = share
        var weight = 1.0
        var sum = share
        while true {
            power *= power
            let next = sum + power * weight
            if next == sum { return sum }
            sum = next
            weight += weight
        }
    }

    private static func tau(_ share: Double) -> Double {
        if share <= 0 || share >= 1 { return 0 }
        var root = share
        var weight = 1.0
        var sum = 1 - share
        while true {
            root = root.squareRoot()
            weight *= 0.5
            let next = sum - (1 - root) * (1 - root) * weight
            if next == sum { return sum / 3 }
            sum = next
        }
    }

    /// Kind 0: count u32, the hashes ascending. Kind 1: the registers.
    func encode(_ out: inout StateWriter) {
        if !registers.isEmpty {
            out.fixed(UInt8(1))
            out.bytes += registers
            return
        }
        out.fixed(UInt8(0))
        var hashes: [UInt64] = []
        hashes.reserveCapacity(count)
        forEachHash { hashes.append($0) }
        out.fixed(UInt32(truncatingIfNeeded: count))
        for hash in hashes.sorted() { out.fixed(hash) }
    }

    init() {}

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
