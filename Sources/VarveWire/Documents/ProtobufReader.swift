/// A cursor over the fields of one protobuf message, each a tag and a value:
///
///     08 96 01        tag = field 1 << 3 | 0, varint 150
///     12 03 61 62 63  tag = field 2 << 3 | 2, length 3, bytes
///
/// A field with an unexpected wire type has an unknown tag, and is skipped like an unknown field. Reads never leave the message
/// and never trap.
struct ProtobufReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var at = 0
    /// The tag of the current field: its number and wire type.
    private(set) var tag: UInt32 = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Advances to the next field; false at the end of the message.
    @inline(__always)
    mutating func next() throws(DocumentFault) -> Bool {
        guard at < bytes.count else { return false }
        let value = try varint()
        guard value >= 8, value <= UInt64(UInt32.max) else {
            throw DocumentFault(.syntax, "the bytes are no protobuf message: a field has no number")
        }
        tag = UInt32(truncatingIfNeeded: value)
        return true
    }

    @inline(__always)
    mutating func varint() throws(DocumentFault) -> UInt64 {
        if at < bytes.count, bytes[at] < 0x80 {
            defer { at += 1 }
            return UInt64(bytes[at])
        }
        return try longVarint()
    }

    private mutating func longVarint() throws(DocumentFault) -> UInt64 {
        var value: UInt64 = 0
        for place in 0..<10 {
            guard at < bytes.count else { throw .truncated }
            let byte = bytes[at]
            at += 1
            value |= UInt64(byte & 0x7F) << UInt64(7 * place)
            if byte < 0x80 { return value }
        }
        throw DocumentFault(.syntax, "the bytes are no protobuf message: a number has more than ten bytes")
    }

    mutating func int64() throws(DocumentFault) -> Int64 { Int64(bitPattern: try varint()) }

    /// A zigzag-encoded number, whose sign is its lowest bit.
    mutating func zigzag() throws(DocumentFault) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func bool() throws(DocumentFault) -> Bool { try varint() != 0 }

    mutating func fixed64() throws(DocumentFault) -> UInt64 {
        guard bytes.count - at >= 8 else { throw .truncated }
        defer { at += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    mutating func fixed32() throws(DocumentFault) -> UInt32 {
        guard bytes.count - at >= 4 else { throw .truncated }
        defer { at += 4 }
        return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
    }

    mutating func double() throws(DocumentFault) -> Double { Double(bitPattern: try fixed64()) }

    /// The bytes of a string, bytes or embedded message; valid as long as the document.
    mutating func data() throws(DocumentFault) -> UnsafeRawBufferPointer {
        let count = try varint()
        guard count <= UInt64(bytes.count - at) else { throw .truncated }
        defer { at += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[at..<(at + Int(count))])
    }

    /// Skips the value of an unknown field.
    mutating func skip() throws(DocumentFault) {
        switch tag & 7 {
        case 0: _ = try varint()
        case 1: _ = try fixed64()
        case 2: _ = try data()
        case 5: _ = try fixed32()
        default: throw DocumentFault(.syntax, "the bytes are no protobuf message: a field has an unknown type")
        }
    }

    /// Appends the values of a repeated field of eight bytes each, single or packed.
    mutating func fixed64s(into values: inout [UInt64]) throws(DocumentFault) {
        guard tag & 7 == 2 else { return values.append(try fixed64()) }
        var packed = ProtobufReader(try data())
        values.reserveCapacity(values.count + packed.bytes.count / 8)
        while packed.at < packed.bytes.count { values.append(try packed.fixed64()) }
    }

    /// Appends the values of a repeated field of varints, single or packed.
    mutating func varints(into values: inout [UInt64]) throws(DocumentFault) {
        guard tag & 7 == 2 else { return values.append(try varint()) }
        var packed = ProtobufReader(try data())
        while packed.at < packed.bytes.count { values.append(try packed.varint()) }
    }
}
