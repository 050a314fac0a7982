/// The fields of a protobuf message, one behind the other.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ field: UInt64, _ value: UInt64) {
        raw(field << 3)
        raw(value)
    }

    mutating func text(_ field: UInt64, _ text: String) { data(field, Array(text.utf8)) }

    mutating func data(_ field: UInt64, _ data: [UInt8]) {
        raw(field << 3 | 2)
        raw(UInt64(data.count))
        bytes += data
    }

    mutating func double(_ field: UInt64, _ value: Double) {
        raw(field << 3 | 1)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    private mutating func raw(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
