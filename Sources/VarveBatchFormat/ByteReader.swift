/// Reads little-endian values from untrusted bytes: every read is bounds-checked and throws on failure.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    mutating func u8() throws(FormatError) -> UInt8 {
        try need(1)
        defer { position += 1 }
        return bytes[position]
    }

    mutating func u16() throws(FormatError) -> UInt16 { try fixed() }
    mutating func u32() throws(FormatError) -> UInt32 { try fixed() }
    mutating func u64() throws(FormatError) -> UInt64 { try fixed() }

    private mutating func fixed<Value: FixedWidthInteger & BitwiseCopyable>() throws(FormatError) -> Value {
        let size = MemoryLayout<Value>.size
        try need(size)
        defer { position += size }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
    }

    /// An unsigned LEB128 number of at most ten bytes.
    mutating func varint() throws(FormatError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try u8()
            if shift == 63, byte > 1 { throw FormatError(.malformed, "a number at byte \(position) is over 64 bits") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { throw FormatError(.malformed, "a number at byte \(position) is over 64 bits") }
        }
    }

    /// A signed number, zigzag-encoded.
    mutating func signed() throws(FormatError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A count or size of at most `limit`.
    mutating func count(atMost limit: Int, _ what: StaticString) throws(FormatError) -> Int {
        let value = try varint()
        guard let count = Int(exactly: value), count <= limit else {
            throw FormatError(.malformed, "\(value) \(what); the limit is \(limit)")
        }
        return count
    }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(FormatError) -> UnsafeRawBufferPointer {
        try need(count)
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    /// A length-prefixed string, which must be valid UTF-8.
    mutating func string(atMost limit: Int) throws(FormatError) -> String {
        let raw = try take(count(atMost: limit, "bytes of a name"))
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw FormatError(.malformed, "a name before byte \(position) is not UTF-8")
        }
        return text
    }

    private func need(_ count: Int) throws(FormatError) {
        guard count >= 0, remaining >= count else {
            throw FormatError(.truncated, "\(count) bytes expected at byte \(position), \(max(remaining, 0)) are left")
        }
    }
}
