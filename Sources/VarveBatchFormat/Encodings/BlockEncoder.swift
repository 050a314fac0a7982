/// Writes one block of `IntegerBlocks` in the smaller of its two forms. Keeps its buffers between blocks.
struct BlockEncoder {
    /// The values in units; then the two forms of them.
    private var scaled = [Int64](repeating: 0, count: FormatLimits.packedBlock)
    private var plain = [UInt64](repeating: 0, count: FormatLimits.packedBlock)
    private var delta = [UInt64](repeating: 0, count: FormatLimits.packedBlock)

    /// How many bits to pack, and what that costs in all.
    private struct Width {
        var bits: Int
        var exceptions: Int
        var cost: Int
    }

    mutating func encode(
        _ values: UnsafeBufferPointer<Int64>, unit: Int64, deltas: Bool, into writer: inout ByteWriter
    ) {
        let count = values.count
        for index in 0..<count { scaled[index] = unit == 1 ? values[index] : values[index] / unit }
        let base = fillPlain(count)
        let plainWidth = Self.chooseWidth(plain, count)
        guard deltas, count > 2 else {
            write(plain, count, plainWidth, base: base, first: nil, into: &writer)
            return
        }
        let step = fillDelta(count)
        let deltaWidth = Self.chooseWidth(delta, count)
        // Deltas are slower to read, one depending on the other: they must save a tenth.
        if deltaWidth.cost + deltaWidth.cost / 8 + 32 < plainWidth.cost {
            write(delta, count, deltaWidth, base: step, first: scaled[0], into: &writer)
        } else {
            write(plain, count, plainWidth, base: base, first: nil, into: &writer)
        }
    }

    private mutating func fillPlain(_ count: Int) -> Int64 {
        var least = Int64.max
        for index in 0..<count { least = min(least, scaled[index]) }
        for index in 0..<count { plain[index] = UInt64(bitPattern: scaled[index] &- least) }
        return least
    }

    private mutating func fillDelta(_ count: Int) -> Int64 {
        var least = Int64.max
        for index in 1..<count {
            let step = scaled[index] &- scaled[index - 1]
            delta[index] = UInt64(bitPattern: step)
            least = min(least, step)
        }
        delta[0] = 0
        for index in 1..<count { delta[index] = delta[index] &- UInt64(bitPattern: least) }
        return least
    }

    private static func chooseWidth(_ values: [UInt64], _ count: Int) -> Width {
        var lengths = (0...64).map { _ in 0 }
        for index in 0..<count { lengths[64 - values[index].leadingZeroBitCount] += 1 }
        let widest = lengths.lastIndex { $0 > 0 } ?? 0
        var best = Width(bits: widest, exceptions: 0, cost: count * widest)
        var exceptions = 0
        for bits in stride(from: widest - 1, through: 0, by: -1) {
            exceptions += lengths[bits + 1]
            if exceptions > count / 4 { break }
            let highBytes = (widest - bits + 6) / 7
            let cost = count * bits + exceptions * (16 + 8 * highBytes)
            if cost < best.cost { best = Width(bits: bits, exceptions: exceptions, cost: cost) }
        }
        return best
    }

    private func write(
        _ values: [UInt64], _ count: Int, _ width: Width, base: Int64, first: Int64?, into writer: inout ByteWriter
    ) {
        writer.u8(UInt8(width.bits) | (first == nil ? 0 : IntegerBlocks.deltaFlag))
        writer.signed(base)
        if let first { writer.signed(first) }
        writer.count(width.exceptions)
        let mask = width.bits == 64 ? ~0 : (UInt64(1) << UInt64(width.bits)) - 1
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { masked in
            for index in 0..<count { masked.initializeElement(at: index, to: values[index] & mask) }
            writer.fill(packedSize(count: count, width: width.bits)) {
                packBits(UnsafeBufferPointer(masked), width: width.bits, into: $0)
            }
        }
        guard width.exceptions > 0 else { return }
        for index in 0..<count where values[index] > mask {
            writer.fixed(UInt16(index))
            writer.varint(values[index] >> UInt64(width.bits))
        }
    }
}
