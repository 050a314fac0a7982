/// Writes blocks of `IntegerBlocks`, each in the smaller of its two forms. Keeps its buffers between blocks; they are raw memory,
/// because every number that enters the log passes through these loops several times.
struct BlockEncoder: ~Copyable {
    private static let capacity = FormatLimits.packedBlock
    /// The values in units; then the two forms of them.
    private let scaled = UnsafeMutablePointer<Int64>.allocate(capacity: capacity)
    private let plain = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    private let delta = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    /// What is being counted, in 32 bits where it fits.
    private let narrow = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)

    /// Of exponents of a `Float` those of integers below 2³²: 0, and 127 ... 158.
    private static let exponents = 160
    private let tallies = UnsafeMutablePointer<UInt16>.allocate(capacity: 4 * exponents)
    /// Per width, how many values have it.
    private let widthCounts = UnsafeMutablePointer<Int>.allocate(capacity: 33)

    deinit {
        tallies.deallocate()
        widthCounts.deallocate()
        scaled.deallocate()
        plain.deallocate()
        delta.deallocate()
        narrow.deallocate()
    }

    /// How many bits to pack, and what that costs in all.
    private struct Width {
        var bits: Int
        var exceptions: Int
        var cost: Int
    }

    /// Appends 1 ... 1,024 values as one block.
    func encode(_ values: UnsafeBufferPointer<Int64>, division: ExactDivision?, deltas: Bool, into writer: inout ByteWriter) {
        let count = values.count
        precondition(count >= 1 && count <= Self.capacity, "a block of \(count) values")
        if let division {
            for index in 0..<count { scaled[index] = division.quotient(values[index]) }
        } else {
            for index in 0..<count { scaled[index] = values[index] }
        }
        let base = fillPlain(count)
        let plainWidth = chooseWidth(plain, count)
        guard deltas, count > 2, plainWidth.bits > 2 else {
            write(plain, count, plainWidth, base: base, first: nil, into: &writer)
            return
        }
        let step = fillDelta(count)
        let deltaWidth = chooseWidth(delta, count)
        // Deltas are slower to read, one depending on the other: they must save a tenth.
        if deltaWidth.cost + deltaWidth.cost / 8 + 32 < plainWidth.cost {
            write(delta, count, deltaWidth, base: step, first: scaled[0], into: &writer)
        } else {
            write(plain, count, plainWidth, base: base, first: nil, into: &writer)
        }
    }

    private func fillPlain(_ count: Int) -> Int64 {
        var least = Int64.max
        for index in 0..<count { least = min(least, scaled[index]) }
        for index in 0..<count { plain[index] = UInt64(bitPattern: scaled[index] &- least) }
        return least
    }

    private func fillDelta(_ count: Int) -> Int64 {
        var least = Int64.max
        for index in 1..<count { least = min(least, scaled[index] &- scaled[index - 1]) }
        delta[0] = 0
        for index in 1..<count { delta[index] = UInt64(bitPattern: scaled[index] &- scaled[index - 1] &- least) }
        return least
    }

    /// The width that makes the block smallest: every narrower width makes exceptions of the values that need more.
    ///
    /// Of narrow values it is counted once how many have which width. Of wide ones exceptions are counted by comparing all with
    /// one limit after the other, which stops soon: of evenly spread values half are exceptions at the first step.
    private func chooseWidth(_ values: UnsafeMutablePointer<UInt64>, _ count: Int) -> Width {
        var all: UInt64 = 0
        for index in 0..<count { all |= values[index] }
        let widest = 64 - all.leadingZeroBitCount
        var best = Width(bits: widest, exceptions: 0, cost: count * widest)
        let isNarrow = widest < 32
        if isNarrow { for index in 0..<count { narrow[index] = Int32(truncatingIfNeeded: values[index]) } }
        if isNarrow { countWidths(count) }
        var exceptions = 0
        for bits in stride(from: widest - 1, through: 0, by: -1) {
            if isNarrow {
                exceptions += widthCounts[bits + 1]
            } else {
                let limit = (UInt64(1) << UInt64(bits)) &- 1
                exceptions = 0
                for index in 0..<count { exceptions &+= values[index] > limit ? 1 : 0 }
            }
            if exceptions > count / 4 { break }
            let highBytes = (widest - bits + 6) / 7
            let cost = count * bits + exceptions * (16 + 8 * highBytes)
            if cost < best.cost { best = Width(bits: bits, exceptions: exceptions, cost: cost) }
        }
        return best
    }

    /// Fills `widthCounts` with how many of the narrow values have so many bits. The exponent of a floating-point number is one
    /// less than the width of the integer it came from, and many are converted at once; that only the highest bit of ones in a
    /// row stays keeps rounding from making it another.
    private func countWidths(_ count: Int) {
        for index in 0..<count {
            let top = narrow[index] & ~(narrow[index] &>> 1)
            narrow[index] = Int32(bitPattern: Float(top).bitPattern &>> 23)
        }
        // Four tables side by side, so that equal neighbours do not wait for each other's store.
        tallies.update(repeating: 0, count: 4 * Self.exponents)
        var index = 0
        while index + 4 <= count {
            tallies[Int(narrow[index])] &+= 1
            tallies[Self.exponents + Int(narrow[index + 1])] &+= 1
            tallies[2 * Self.exponents + Int(narrow[index + 2])] &+= 1
            tallies[3 * Self.exponents + Int(narrow[index + 3])] &+= 1
            index += 4
        }
        while index < count {
            tallies[Int(narrow[index])] &+= 1
            index += 1
        }
        for width in 1...32 {
            var all = 0
            for table in 0..<4 { all += Int(tallies[table * Self.exponents + 126 + width]) }
            widthCounts[width] = all
        }
    }

    private func write(
        _ values: UnsafeMutablePointer<UInt64>, _ count: Int, _ width: Width, base: Int64, first: Int64?,
        into writer: inout ByteWriter
    ) {
        writer.u8(UInt8(width.bits) | (first == nil ? 0 : IntegerBlocks.deltaFlag))
        writer.signed(base)
        if let first { writer.signed(first) }
        writer.count(width.exceptions)
        let mask = width.bits == 64 ? ~0 : (UInt64(1) << UInt64(width.bits)) - 1
        writer.fill(packedSize(count: count, width: width.bits)) {
            packBits(UnsafeBufferPointer(start: values, count: count), width: width.bits, mask: mask, into: $0)
        }
        guard width.exceptions > 0 else { return }
        for index in 0..<count where values[index] > mask {
            writer.fixed(UInt16(index))
            writer.varint(values[index] >> UInt64(width.bits))
        }
    }
}
