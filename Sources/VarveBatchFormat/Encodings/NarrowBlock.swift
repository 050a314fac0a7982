/// The two forms of a block whose values span less than 2³¹, in 32 bits each; no value is negative.
struct NarrowBlock: ~Copyable {
    let plain: UnsafeMutablePointer<Int32>
    let delta: UnsafeMutablePointer<Int32>
    private let exponents: UnsafeMutablePointer<Int32>

    /// The range of `Float` exponents of integers below 2³²: 0, and 127 ... 158.
    private static let exponentCount = 160
    private let tallies = UnsafeMutablePointer<UInt16>.allocate(capacity: 4 * exponentCount)
    /// How many widths are tried by comparing, which is enough for most blocks. Beyond that, the widths of all values are
    /// counted.
    private static let comparedMax = 6

    init(capacity: Int) {
        plain = .allocate(capacity: capacity)
        delta = .allocate(capacity: capacity)
        exponents = .allocate(capacity: capacity)
    }

    deinit {
        plain.deallocate()
        delta.deallocate()
        exponents.deallocate()
        tallies.deallocate()
    }

    /// Fills `delta` with the differences of adjacent values minus the smallest difference, `step`; the first element is 0. Nil
    /// when the differences span too much.
    func fillDelta(_ count: Int) -> (step: Int32, greatest: Int32)? {
        var least = Int32.max
        var greatest = Int32.min
        for index in 1..<count {
            let difference = plain[index] &- plain[index &- 1]
            least = min(least, difference)
            greatest = max(greatest, difference)
        }
        let (range, isTooWide) = greatest.subtractingReportingOverflow(least)
        if isTooWide { return nil }
        delta[0] = 0
        for index in 1..<count { delta[index] = plain[index] &- plain[index &- 1] &- least }
        return (least, range)
    }

    /// The width that gives the smallest block; values that do not fit become exceptions.
    func chooseWidth(_ values: UnsafeMutablePointer<Int32>, _ count: Int, greatest: Int32) -> BlockEncoder.Width {
        let widest = 32 - greatest.leadingZeroBitCount
        var best = BlockEncoder.Width(bits: widest, exceptions: 0, cost: count * widest)
        var exceptions = 0
        for bits in stride(from: widest - 1, through: 0, by: -1) {
            if bits >= widest - Self.comparedMax {
                exceptions = compare(values, count, above: Int32(truncatingIfNeeded: (1 &<< bits) &- 1))
            } else {
                if bits == widest - Self.comparedMax - 1 { countWidths(values, count) }
                exceptions += counted(width: bits + 1)
            }
            if exceptions > count / 4 { break }
            let cost = BlockEncoder.Width.cost(count, bits: bits, exceptions: exceptions, widest: widest)
            if cost < best.cost { best = BlockEncoder.Width(bits: bits, exceptions: exceptions, cost: cost) }
        }
        return best
    }

    /// How many values are greater than `limit`. Uses SIMD, because a scalar loop has an unpredictable branch per value.
    private func compare(_ values: UnsafeMutablePointer<Int32>, _ count: Int, above limit: Int32) -> Int {
        let raw = UnsafeRawPointer(values)
        let limits = SIMD8<Int32>(repeating: limit)
        let ones = SIMD8<Int32>(repeating: 1)
        var found = SIMD8<Int32>()
        var index = 0
        while index &+ 8 <= count {
            let some = raw.loadUnaligned(fromByteOffset: index &* 4, as: SIMD8<Int32>.self)
            found &+= SIMD8<Int32>().replacing(with: ones, where: some .> limits)
            index &+= 8
        }
        var all = Int(found.wrappedSum())
        while index < count {
            all &+= values[index] > limit ? 1 : 0
            index &+= 1
        }
        return all
    }

    /// Counts the values by their width in bits. The exponent of a `Float` is one less than the width of the integer it was
    /// converted from, and the conversion is vectorized. Only the highest of adjacent one bits is kept, so that rounding cannot
    /// change the exponent.
    private func countWidths(_ values: UnsafeMutablePointer<Int32>, _ count: Int) {
        for index in 0..<count {
            let top = values[index] & ~(values[index] &>> 1)
            exponents[index] = Int32(bitPattern: Float(top).bitPattern &>> 23)
        }
        // Four tables, so that equal adjacent values do not wait for each other's store.
        tallies.update(repeating: 0, count: 4 * Self.exponentCount)
        var index = 0
        while index + 4 <= count {
            tallies[Int(exponents[index])] &+= 1
            tallies[Self.exponentCount + Int(exponents[index + 1])] &+= 1
            tallies[2 * Self.exponentCount + Int(exponents[index + 2])] &+= 1
            tallies[3 * Self.exponentCount + Int(exponents[index + 3])] &+= 1
            index += 4
        }
        while index < count {
            tallies[Int(exponents[index])] &+= 1
            index += 1
        }
    }

    private func counted(width: Int) -> Int {
        var all = 0
        for table in 0..<4 { all += Int(tallies[table * Self.exponentCount + 126 + width]) }
        return all
    }
}
