/// Bytes of a state being written.
public struct StateWriter {
    public internal(set) var bytes: [UInt8] = []

    public init() {}

    /// A number of fixed size, little-endian.
    public mutating func fixed<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Numbers of fixed size, one after the other.
    mutating func numbers(_ values: [UInt64]) {
        guard UInt64(1).littleEndian == 1 else {
            for value in values { fixed(value) }
            return
        }
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// A double by its bits, with one zero.
    public mutating func double(_ value: Double) {
        fixed((value == 0 ? 0.0 : value).bitPattern)
    }

    /// A number in as few groups of seven bits as it needs.
    public mutating func leb(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// `text` with its length as u32 before it.
    public mutating func block(_ text: some Collection<UInt8>) {
        fixed(UInt32(truncatingIfNeeded: text.count))
        bytes.append(contentsOf: text)
    }

    /// Puts `value` over the number of its type written at `position`.
    mutating func patch<Number: FixedWidthInteger>(_ value: Number, at position: Int) {
        withUnsafeBytes(of: value.littleEndian) { for (index, byte) in $0.enumerated() { bytes[position + index] = byte } }
    }
}
