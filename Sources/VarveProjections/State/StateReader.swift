// Reads states: little-endian numbers, counts as LEB128 where most are small. All input is validated.

/// Reads the bytes of a state. Nothing in them is trusted.
public struct StateReader {
    public let bytes: [UInt8]
    public private(set) var position: Int
    let end: Int

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        end = bytes.count
    }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    public var isAtEnd: Bool { position == end }
    var remaining: Int { end - position }

    /// An error at the current position.
    public func fail(_ what: String) -> StateError {
        StateError(.malformed, what, at: position)
    }

    mutating func take(_ count: Int) throws(StateError) -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw StateError(.truncated, "\(count) bytes are needed and \(remaining) are left", at: position)
        }
        defer { position += count }
        return position..<(position + count)
    }

    public mutating func fixed<Number: FixedWidthInteger>(_ type: Number.Type) throws(StateError) -> Number {
        let range = try take(MemoryLayout<Number>.size)
        return bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: type)) }
    }

    /// A non-negative count or sum.
    public mutating func count() throws(StateError) -> Int64 {
        let value = try fixed(Int64.self)
        guard value >= 0 else { throw fail("a count of \(value)") }
        return value
    }

    /// A finite double without negative zero.
    public mutating func double() throws(StateError) -> Double {
        let value = Double(bitPattern: try fixed(UInt64.self))
        guard value.isFinite, !(value == 0 && value.sign == .minus) else { throw fail("a number that is not finite, or −0") }
        return value
    }

    /// A number as written by `StateWriter.leb`.
    public mutating func leb() throws(StateError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = bytes[try take(1).lowerBound]
            if shift == 63, byte > 1 { throw fail("a number of more than 64 bits") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                if byte == 0, shift > 0 { throw fail("a number with redundant zero bytes") }
                return value
            }
            shift += 7
            if shift > 63 { throw fail("a number of more than 64 bits") }
        }
    }

    /// The range of a block's bytes in `bytes`.
    public mutating func block() throws(StateError) -> Range<Int> {
        let count = try fixed(UInt32.self)
        return try take(Int(count))
    }

    /// Throws unless all bytes have been read.
    public mutating func finish() throws(StateError) {
        guard isAtEnd else { throw StateError(.trailingBytes, "\(remaining) bytes follow it", at: position) }
    }
}
