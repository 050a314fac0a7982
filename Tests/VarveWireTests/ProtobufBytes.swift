/// Protobuf messages as a test writes them: field by field.
struct ProtobufBytes {
    private(set) var bytes: [UInt8] = []

    init(_ fill: (inout ProtobufBytes) -> Void = { _ in }) { fill(&self) }

    mutating func raw(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func varint(_ field: UInt64, _ value: UInt64) {
        raw(field << 3)
        raw(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        raw(field << 3 | 1)
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    mutating func double(_ field: UInt64, _ value: Double) { fixed64(field, value.bitPattern) }

    mutating func data(_ field: UInt64, _ data: some Collection<UInt8>) {
        raw(field << 3 | 2)
        raw(UInt64(data.count))
        bytes += data
    }

    mutating func text(_ field: UInt64, _ text: String) { data(field, text.utf8) }

    mutating func message(_ field: UInt64, _ fill: (inout ProtobufBytes) -> Void) { data(field, ProtobufBytes(fill).bytes) }

    /// A `KeyValue` of OTLP.
    mutating func attribute(_ field: UInt64, _ name: String, _ value: (inout ProtobufBytes) -> Void) {
        message(field) { message in
            message.text(1, name)
            message.message(2, value)
        }
    }
}
