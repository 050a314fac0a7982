// Integers: times, attribute values, mantissas, codes, lengths. One decoder for all of them.
//
//     ┌─────┬──────────────┐
//     │ 1   │ value        │                                   constant: all values are equal
//     └─────┴──────────────┘
//     ┌─────┬──────┬───────┬───────┬───                        blocks of 1,024 values, the last one shorter;
//     │ 2   │ unit │ block │ block │ …                         value = unit × value in the block
//     └─────┴──────┴───────┴───────┴───
//     block: frame of reference                                value i = base + packed i
//     ┌───────┬──────┬────────────┬────────┬────────────┐
//     │ width │ base │ exceptions │ packed │ exceptions │
//     └───────┴──────┴────────────┴────────┴────────────┘
//     block: delta                                             value 0 = first, value i = value i−1 + base + packed i
//     ┌───────────┬──────┬───────┬────────────┬────────┬────────────┐
//     │ width+128 │ base │ first │ exceptions │ packed │ exceptions │
//     └───────────┴──────┴───────┴────────────┴────────┴────────────┘
//     exceptions: a count; after the packed bits, for each exception, its index <2b> and the bits above the width <varint>
//
// Numbers are LEB128; signed ones are zigzag-encoded. Exceptions allow a block to be as narrow as most of its values (PFOR:
// Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", 2006). The unit is a common divisor, for example of times in
// milliseconds. All arithmetic wraps: a sum that overflows is undone by the same wrapping arithmetic.

enum IntegerBlocks {
    static let constant: UInt8 = 1
    static let blocks: UInt8 = 2
    static let deltaFlag: UInt8 = 0x80

    /// Appends `values`. `units` are common divisors to try, largest first; `deltas` says whether adjacent values are similar.
    static func encode<Value: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, deltas: Bool, units: [Int64] = [], into writer: inout ByteWriter
    ) {
        guard let first = values.first, !values.allSatisfy({ $0 == first }) else {
            return encode(constant: Int64(truncatingIfNeeded: values.first ?? 0), into: &writer)
        }
        let unit = units.first { divides($0, values) } ?? 1
        writer.u8(blocks)
        writer.varint(UInt64(unit))
        let encoder = BlockEncoder()
        let division = unit == 1 ? nil : ExactDivision(by: unit)
        var start = 0
        while start < values.count {
            let end = min(start + FormatLimits.packedBlock, values.count)
            let slice = UnsafeBufferPointer(rebasing: values[start..<end])
            encoder.encode(slice, division: division, deltas: deltas, into: &writer)
            start = end
        }
    }

    /// Appends any number of values that all equal `value`.
    static func encode(constant value: Int64, into writer: inout ByteWriter) {
        writer.u8(constant)
        writer.signed(value)
    }

    /// Whether `unit` divides every value; see `ExactDivision`.
    private static func divides<Value: FixedWidthInteger>(_ unit: Int64, _ values: UnsafeBufferPointer<Value>) -> Bool {
        let division = ExactDivision(by: unit)
        for value in values where !division.divides(Int64(truncatingIfNeeded: value)) { return false }
        return true
    }

    /// Decodes `count` values into an array, keeping their low bits. Also returns the OR of all values: if that fits the type,
    /// nothing was lost. With a `grain`, a block that lies within one multiple of it is filled with a single value of its
    /// range.
    @inline(__always)
    static func decodeArray<Element: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, count: Int, as type: Element.Type, grain: Int64? = nil
    ) throws(FormatError) -> (values: [Element], bits: UInt64) {
        let kind = try reader.u8()
        if kind == constant {
            let value = try reader.signed()
            let values = [Element](repeating: Element(truncatingIfNeeded: value), count: count)
            return (values, UInt64(bitPattern: count > 0 ? value : 0))
        }
        guard kind == blocks else { throw FormatError(.malformed, "integer encoding \(kind) is not known") }
        let unit = Int64(bitPattern: try reader.varint())
        var failure: FormatError?
        var bits: UInt64 = 0
        let values = [Element](unsafeUninitializedCapacity: count) { target, initialized in
            guard let base = target.baseAddress else { return }
            do throws(FormatError) {
                while initialized < count {
                    let block = try BlockHeader(&reader, count: min(FormatLimits.packedBlock, count - initialized))
                    if let grain, let value = block.representative(unit: unit, grain: grain) {
                        (base + initialized).initialize(repeating: Element(truncatingIfNeeded: value), count: block.count)
                    } else {
                        bits |= block.decode(into: base + initialized, unit: unit)
                    }
                    initialized += block.count
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return (values, bits)
    }

    /// Skips `count` values without unpacking them.
    static func skip(_ reader: inout ByteReader, count: Int) throws(FormatError) {
        let kind = try reader.u8()
        if kind == constant {
            _ = try reader.signed()
            return
        }
        guard kind == blocks else { throw FormatError(.malformed, "integer encoding \(kind) is not known") }
        _ = try reader.varint()
        var left = count
        while left > 0 { left -= try BlockHeader(&reader, count: min(FormatLimits.packedBlock, left)).count }
    }
}

/// One stored block.
struct BlockHeader {
    let count: Int
    let width: Int
    let base: Int64
    /// The first value of a delta block.
    let first: Int64?
    let packed: UnsafeRawPointer
    /// Index and high bits of each exception; the indices are checked.
    let exceptions: [(index: Int, high: UInt64)]

    init(_ reader: inout ByteReader, count: Int) throws(FormatError) {
        self.count = count
        let tag = try reader.u8()
        width = Int(tag & 0x7F)
        guard width <= 64 else { throw FormatError(.malformed, "a block of \(width) bits a value") }
        base = try reader.signed()
        first = tag & IntegerBlocks.deltaFlag == 0 ? nil : try reader.signed()
        let exceptionCount = try reader.count(atMost: count, "exceptions")
        let bytes = try reader.take(packedSize(count: count, width: width))
        guard reader.remaining >= FormatLimits.columnPadding, let packed = bytes.baseAddress ?? reader.bytes.baseAddress else {
            throw FormatError(.truncated, "a block of \(bytes.count) bytes is not followed by padding")
        }
        self.packed = packed
        var exceptions: [(index: Int, high: UInt64)] = []
        for _ in 0..<exceptionCount {
            let index = Int(try reader.u16())
            let high = try reader.varint()
            guard index < count, width < 64 else { throw FormatError(.malformed, "exception \(index) of \(count) values") }
            exceptions.append((index, high << UInt64(width)))
        }
        self.exceptions = exceptions
    }

    /// A value in the range of the block's values, if the whole range lies within one multiple of `grain`; else nil. The range
    /// is computed from the header: every step is taken as the shortest or the longest that the width allows.
    func representative(unit: Int64, grain: Int64) -> Int64? {
        guard width < 32, grain > 0 else { return nil }
        // Exceptions only add: to one value, or, with deltas, to all that follow.
        var above = Int128(0)
        for exception in exceptions {
            above = first == nil ? max(above, Int128(exception.high)) : above + Int128(exception.high)
        }
        let widest = Int64(1) << Int64(width) - 1
        // Use 128 bits: 64 bits times 1,024 steps times a unit would overflow. Ranges beyond 62 bits are not handled.
        let (low, high): (Int128, Int128) =
            if let first {
                (
                    Int128(first) + Int128(count - 1) * Int128(min(base, 0)),
                    Int128(first) + Int128(count - 1) * max(Int128(base) + Int128(widest), 0) + above
                )
            } else {
                (Int128(base), Int128(base) + Int128(widest) + above)
            }
        let limit = Int128(1) << 62
        guard unit > 0, low.magnitude < limit.magnitude, high.magnitude < limit.magnitude,
            (low * Int128(unit)).magnitude < limit.magnitude, (high * Int128(unit)).magnitude < limit.magnitude
        else { return nil }
        let (least, greatest) = (Int64(low) &* unit, Int64(high) &* unit)
        func multiple(_ value: Int64) -> Int64 { value >= 0 ? value / grain : ~(~value / grain) }
        return multiple(least) == multiple(greatest) ? least : nil
    }

    /// Decodes the values one by one, for blocks that are wide, use deltas, or have values that do not fit the target type.
    func decodeWords(unit: Int64, _ store: (Int, Int64) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { values in
            guard let words = values.baseAddress else { return }
            unpackWords(packed, count: count, width: width, into: words)
            for exception in exceptions { words[exception.index] |= exception.high }
            guard var value = first else {
                for index in 0..<count { store(index, (base &+ Int64(bitPattern: words[index])) &* unit) }
                return
            }
            store(0, value &* unit)
            for index in 1..<max(count, 1) {
                value = value &+ base &+ Int64(bitPattern: words[index])
                store(index, value &* unit)
            }
        }
    }
}
