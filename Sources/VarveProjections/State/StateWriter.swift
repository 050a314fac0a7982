/// Writes the bytes of a state.
public struct StateWriter {
    public internal(set) var bytes: [UInt8] = []

    public init() {}

    /// A fixed-size number, little-endian.
    public mutating func fixed<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Consecutive fixed-size numbers.
    mutating func numbers(_ values: [UInt64]) {
        guard UInt64(1).littleEndian == 1 else {
            for value in values { fixed(value) }
            return
        }
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// A double as its bits, without negative zero.
    public mutating func double(_ value: Double) {
        fixed((value == 0 ? 0.0 : value).bitPattern)
    }

    /// A number in as few 7-bit groups as needed.
    public mutating func leb(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// `text`, preceded by its length as u32.
    public mutating func block(_ text: some Collection<UInt8>) {
        fixed(UInt32(truncatingIfNeeded: text.count))
        bytes.append(contentsOf: text)
    }

    /// Overwrites the number at `position` with `value`.
    mutating func patch<Number: FixedWidthInteger>(_ value: Number, at position: Int) {
        withUnsafeBytes(of: value.littleEndian) { for (index, byte) in $0.enumerated() { bytes[position + index] = byte } }
    }
}
