// Doubles: stored as decimals if every value is a short one (most durations are: 123.4 → 1234 at scale 1), else as raw doubles.
//
//     ┌─────┬───────┬──────────────────────┐      ┌─────┬───────────────┐
//     │ 3   │ scale │ mantissas (integers) │      │ 2   │ 8 bytes each  │
//     └─────┴───────┴──────────────────────┘      └─────┴───────────────┘

internal import VarveEvents

enum Doubles {
    static func encode(_ values: [Double], into writer: inout ByteWriter) {
        if let (mantissas, scale) = decimals(values) {
            encode(mantissas: mantissas, scale: scale, into: &writer)
            return
        }
        writer.u8(ValueEncoding.double.rawValue)
        for value in values { writer.fixed(value.bitPattern) }
    }

    static func encode(mantissas: [Int32], scale: Int, into writer: inout ByteWriter) {
        writer.u8(ValueEncoding.decimal.rawValue)
        writer.u8(UInt8(scale))
        mantissas.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: false, into: &writer) }
    }

    static func decodeRaw(_ reader: inout ByteReader, count: Int) throws(FormatError) -> ColumnValues {
        let raw = try reader.take(count * 8)
        return .double(
            (0..<count).map {
                Double(bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)))
            })
    }

    static func decodeDecimal(_ reader: inout ByteReader, count: Int) throws(FormatError) -> ColumnValues {
        let scale = Int(try reader.u8())
        guard scale < decimalPowers.count else { throw FormatError(.malformed, "decimals at scale \(scale)") }
        let (mantissas, _) = try IntegerBlocks.decodeArray(&reader, count: count, as: Int32.self)
        return .decimal(mantissas: mantissas, scale: scale)
    }

    /// The values as integers divided by one power of ten, if that reproduces each of them bit for bit.
    static func decimals(_ values: [Double]) -> ([Int32], Int)? {
        var scale = 0
        var mantissas = [Int32](repeating: 0, count: values.count)
        var index = 0
        while index < values.count {
            guard let mantissa = mantissa(values[index], decimalPowers[scale]) else {
                scale += 1
                if scale == decimalPowers.count { return nil }
                index = 0
                continue
            }
            mantissas[index] = mantissa
            index += 1
        }
        return (mantissas, scale)
    }

    @inline(__always)
    private static func mantissa(_ value: Double, _ power: Double) -> Int32? {
        let scaled = value * power
        guard scaled.magnitude < 0x1p32 else { return nil }
        // Round to the nearest integer without calling `rounded()`: adding a number near 2⁵² drops the fraction.
        let rounded = scaled + 0x1.8p52 - 0x1.8p52
        guard rounded >= -0x1p31, rounded < 0x1p31 else { return nil }
        return rounded / power == value && (rounded != 0 || value.bitPattern == 0) ? Int32(rounded) : nil
    }
}
