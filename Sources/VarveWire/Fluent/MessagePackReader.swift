/// A cursor over MessagePack values: each is a first byte that says its type and often its length, and what that length counts:
///
///     92                array of 2      a2 68 69          text "hi"
///     82                map of 2        cd 01 00          256
///     d7 00 … 8 bytes   extension 0, which Fluent uses for a time
///
/// Reads never leave the bytes and never trap. A length is checked against the bytes that are left before anything is made of it.
struct MessagePackReader {
    enum Value {
        case null
        case bool(Bool)
        case int64(Int64)
        /// Above `Int64.max`.
        case uint64(UInt64)
        case double(Double)
        case text(UnsafeRawBufferPointer)
        case data(UnsafeRawBufferPointer)
        /// The number of elements that follow.
        case array(Int)
        /// The number of pairs that follow.
        case map(Int)
        case other(type: Int8, UnsafeRawBufferPointer)
    }

    private let bytes: UnsafeRawBufferPointer
    private(set) var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { at >= bytes.count }

    /// The next value; of an array or map only its head.
    mutating func next() throws(DocumentFault) -> Value {
        guard at < bytes.count else { throw .truncated }
        let head = bytes[at]
        at += 1
        switch head {
        case 0x00...0x7F: return .int64(Int64(head))
        case 0x80...0x8F: return .map(try checked(Int(head & 15), each: 2))
        case 0x90...0x9F: return .array(try checked(Int(head & 15), each: 1))
        case 0xA0...0xBF: return .text(try take(Int(head & 31)))
        case 0xC0: return .null
        case 0xC2, 0xC3: return .bool(head == 0xC3)
        case 0xC4...0xC6: return .data(try take(try length(head - 0xC4)))
        case 0xC7...0xC9: return try other(try length(head - 0xC7))
        case 0xCA: return .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try unsigned(4)))))
        case 0xCB: return .double(Double(bitPattern: try unsigned(8)))
        case 0xCC...0xCF:
            let value = try unsigned(1 << Int(head - 0xCC))
            return Int64(exactly: value).map { .int64($0) } ?? .uint64(value)
        case 0xD0...0xD3: return .int64(try signed(1 << Int(head - 0xD0)))
        case 0xD4...0xD8: return try other(1 << Int(head - 0xD4))
        case 0xD9...0xDB: return .text(try take(try length(head - 0xD9)))
        case 0xDC, 0xDD: return .array(try checked(try length(head - 0xDC + 1), each: 1))
        case 0xDE, 0xDF: return .map(try checked(try length(head - 0xDE + 1), each: 2))
        case 0xE0...0xFF: return .int64(Int64(Int8(bitPattern: head)))
        default: throw DocumentFault(.syntax, "the bytes are no MessagePack: no value begins with c1")
        }
    }

    /// Skips one value with all that is in it.
    mutating func skip() throws(DocumentFault) {
        var left = 1
        while left > 0 {
            left -= 1
            switch try next() {
            case .array(let count): left += count
            case .map(let count): left += 2 * count
            default: break
            }
        }
    }

    private mutating func unsigned(_ count: Int) throws(DocumentFault) -> UInt64 {
        guard bytes.count - at >= count else { throw .truncated }
        var value: UInt64 = 0
        for place in at..<(at + count) { value = value << 8 | UInt64(bytes[place]) }
        at += count
        return value
    }

    private mutating func signed(_ count: Int) throws(DocumentFault) -> Int64 {
        let shift = Int64(64 - 8 * count)
        return (Int64(bitPattern: try unsigned(count)) << shift) >> shift
    }

    /// A length of 1, 2 or 4 bytes.
    private mutating func length(_ power: UInt8) throws(DocumentFault) -> Int {
        Int(truncatingIfNeeded: try unsigned(1 << Int(power)))
    }

    private mutating func take(_ count: Int) throws(DocumentFault) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - at else { throw .truncated }
        defer { at += count }
        return UnsafeRawBufferPointer(rebasing: bytes[at..<(at + count)])
    }

    /// Every element has one byte at least.
    private func checked(_ count: Int, each: Int) throws(DocumentFault) -> Int {
        guard count <= (bytes.count - at) / each else { throw .truncated }
        return count
    }

    private mutating func other(_ count: Int) throws(DocumentFault) -> Value {
        let type = Int8(truncatingIfNeeded: try signed(1))
        return .other(type: type, try take(count))
    }
}
