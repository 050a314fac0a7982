/// Encodes blocks of `IntegerBlocks`, each in the smaller of its two forms. Keeps its buffers between blocks. They are raw
/// memory, because every number that enters the log passes through these loops several times.
///
/// Nearly all blocks span less than 2³¹. Those are encoded in 32 bits (`NarrowBlock`), where loops process many values at once;
/// the others are encoded here in 64.
struct BlockEncoder: ~Copyable {
    private static let capacity = FormatLimits.packedBlock
    /// The values divided by the unit; then the two forms of the block.
    private let scaled = UnsafeMutablePointer<Int64>.allocate(capacity: capacity)
    private let plain = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    private let delta = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    private let packed = UnsafeMutableRawPointer.allocate(byteCount: capacity * 8, alignment: 64)
    private let narrow = NarrowBlock(capacity: capacity)

    deinit {
        scaled.deallocate()
        plain.deallocate()
        delta.deallocate()
        packed.deallocate()
    }

    /// A bit width, and the resulting size of the block.
    struct Width {
        var bits: Int
        var exceptions: Int
        var cost: Int

        /// Whether deltas save at least a tenth, because they are slower to decode: each value depends on the previous one.
        func isWorthWhile(besides plain: Width) -> Bool {
            cost + cost / 8 + 32 < plain.cost
        }

        /// The cost in bits of a block of `count` values, up to `widest` bits wide, when packed in `bits`.
        static func cost(_ count: Int, bits: Int, exceptions: Int, widest: Int) -> Int {
            let highBytes = (widest - bits + 6) / 7
            return count * bits + exceptions * (16 + 8 * highBytes)
        }
    }

    /// Appends 1 ... 1,024 values as one block.
    @inline(__always)
    func encode<Value: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, division: ExactDivision?, deltas: Bool, into writer: inout ByteWriter
    ) {
        precondition(values.count >= 1 && values.count <= Self.capacity, "a block of \(values.count) values")
        if let division {
            for index in values.indices { scaled[index] = division.quotient(Int64(truncatingIfNeeded: values[index])) }
            encodeAny(UnsafeBufferPointer(start: scaled, count: values.count), deltas: deltas, into: &writer)
        } else {
            encodeAny(values, deltas: deltas, into: &writer)
        }
    }

    @inline(__always)
    private func encodeAny<Value: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, deltas: Bool, into writer: inout ByteWriter
    ) {
        var least = Value.max
        var greatest = Value.min
        for value in values {
            least = min(least, value)
            greatest = max(greatest, value)
        }
        let base = Int64(truncatingIfNeeded: least)
        let range = UInt64(bitPattern: Int64(truncatingIfNeeded: greatest) &- base)
        if range < 1 << 31 {
            for index in values.indices {
                narrow.plain[index] = Int32(truncatingIfNeeded: values[index]) &- Int32(truncatingIfNeeded: least)
            }
            if encodeNarrow(values.count, Int32(truncatingIfNeeded: range), base, deltas: deltas, into: &writer) { return }
        }
        for index in values.indices { scaled[index] = Int64(truncatingIfNeeded: values[index]) }
        encodeWide(values.count, base, deltas: deltas, into: &writer)
    }

    /// Appends the values in `narrow`. Returns false, and appends nothing, when their differences span too much.
    private func encodeNarrow(
        _ count: Int, _ range: Int32, _ base: Int64, deltas: Bool, into writer: inout ByteWriter
    ) -> Bool {
        let plainWidth = narrow.chooseWidth(narrow.plain, count, greatest: range)
        if deltas, count > 2, plainWidth.bits > 2 {
            guard let (step, greatest) = narrow.fillDelta(count) else { return false }
            let deltaWidth = narrow.chooseWidth(narrow.delta, count, greatest: greatest)
            if deltaWidth.isWorthWhile(besides: plainWidth) {
                let first = base &+ Int64(narrow.plain[0])
                write(narrow.delta, count, deltaWidth, base: Int64(step), first: first, into: &writer)
                return true
            }
        }
        write(narrow.plain, count, plainWidth, base: base, first: nil, into: &writer)
        return true
    }

    private func encodeWide(_ count: Int, _ base: Int64, deltas: Bool, into writer: inout ByteWriter) {
        for index in 0..<count { plain[index] = UInt64(bitPattern: scaled[index] &- base) }
        let plainWidth = chooseWidth(plain, count)
        if deltas, count > 2, plainWidth.bits > 2 {
            let step = fillDelta(count)
            let deltaWidth = chooseWidth(delta, count)
            if deltaWidth.isWorthWhile(besides: plainWidth) {
                return write(delta, count, deltaWidth, base: step, first: scaled[0], into: &writer)
            }
        }
        write(plain, count, plainWidth, base: base, first: nil, into: &writer)
    }

    private func fillDelta(_ count: Int) -> Int64 {
        var least = Int64.max
        for index in 1..<count { least = min(least, scaled[index] &- scaled[index - 1]) }
        delta[0] = 0
        for index in 1..<count { delta[index] = UInt64(bitPattern: scaled[index] &- scaled[index - 1] &- least) }
        return least
    }

    /// The width that gives the smallest block; values that do not fit become exceptions. Exceptions are counted by comparing
    /// all values with one limit after another. That ends soon: of uniformly distributed values half become exceptions at the
    /// first step.
    private func chooseWidth(_ values: UnsafeMutablePointer<UInt64>, _ count: Int) -> Width {
        var all: UInt64 = 0
        for index in 0..<count { all |= values[index] }
        let widest = 64 - all.leadingZeroBitCount
        var best = Width(bits: widest, exceptions: 0, cost: count * widest)
        for bits in stride(from: widest - 1, through: 0, by: -1) {
            let limit = (UInt64(1) << UInt64(bits)) &- 1
            var exceptions = 0
            for index in 0..<count { exceptions &+= values[index] > limit ? 1 : 0 }
            if exceptions > count / 4 { break }
            let cost = Width.cost(count, bits: bits, exceptions: exceptions, widest: widest)
            if cost < best.cost { best = Width(bits: bits, exceptions: exceptions, cost: cost) }
        }
        return best
    }

    @inline(__always)
    private func write<Word: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafeMutablePointer<Word>, _ count: Int, _ width: Width, base: Int64, first: Int64?,
        into writer: inout ByteWriter
    ) {
        writer.u8(UInt8(width.bits) | (first == nil ? 0 : IntegerBlocks.deltaFlag))
        writer.signed(base)
        if let first { writer.signed(first) }
        writer.count(width.exceptions)
        let size = packBits(UnsafeBufferPointer(start: values, count: count), width: width.bits, into: packed)
        writer.append(UnsafeRawBufferPointer(start: packed, count: size))
        guard width.exceptions > 0 else { return }
        for index in 0..<count {
            let high = width.bits == 64 ? 0 : UInt64(truncatingIfNeeded: values[index]) &>> UInt64(width.bits)
            guard high > 0 else { continue }
            writer.fixed(UInt16(index))
            writer.varint(high)
        }
    }
}
