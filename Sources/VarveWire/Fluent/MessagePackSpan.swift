/// Finds the end of one MessagePack value in bytes that arrive in parts, without reading any byte twice.
struct MessagePackSpan {
    enum Finding: Equatable {
        /// The value ends before this place.
        case ends(Int)
        case needsMore
        case broken
    }

    private var at = 0
    /// Values still to come until the first one is complete.
    private var left: UInt64 = 1

    /// - Parameter bytes: All bytes from the beginning of the value on, as far as they have come.
    mutating func find(in bytes: ArraySlice<UInt8>) -> Finding {
        while left > 0 {
            guard at < bytes.count else { return .needsMore }
            let head = bytes[bytes.startIndex + at]
            guard head != 0xC1 else { return .broken }
            guard let (size, inside) = Self.measure(head, bytes[(bytes.startIndex + at + 1)...]) else { return .needsMore }
            at += 1 + size
            let (sum, overflow) = (left - 1).addingReportingOverflow(inside)
            guard !overflow, sum < 1 << 32 else { return .broken }
            left = sum
        }
        return at <= bytes.count ? .ends(at) : .needsMore
    }

    /// The bytes of a value behind its first byte, and the number of values in it. Nil while its length has not come.
    private static func measure(_ head: UInt8, _ rest: ArraySlice<UInt8>) -> (size: Int, inside: UInt64)? {
        switch head {
        case 0x80...0x8F: return (0, 2 * UInt64(head & 15))
        case 0x90...0x9F: return (0, UInt64(head & 15))
        case 0xA0...0xBF: return (Int(head & 31), 0)
        case 0xC4...0xC6: return sized(1 << Int(head - 0xC4), rest, extra: 0)
        case 0xC7...0xC9: return sized(1 << Int(head - 0xC7), rest, extra: 1)
        case 0xCA: return (4, 0)
        case 0xCB: return (8, 0)
        case 0xCC...0xCF: return (1 << Int(head - 0xCC), 0)
        case 0xD0...0xD3: return (1 << Int(head - 0xD0), 0)
        case 0xD4...0xD8: return (1 + (1 << Int(head - 0xD4)), 0)
        case 0xD9...0xDB: return sized(1 << Int(head - 0xD9), rest, extra: 0)
        case 0xDC, 0xDD: return counted(2 << Int(head - 0xDC), rest, each: 1)
        case 0xDE, 0xDF: return counted(2 << Int(head - 0xDE), rest, each: 2)
        default: return (0, 0)
        }
    }

    private static func number(_ count: Int, _ rest: ArraySlice<UInt8>) -> UInt64? {
        guard rest.count >= count else { return nil }
        return rest.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func sized(_ count: Int, _ rest: ArraySlice<UInt8>, extra: Int) -> (Int, UInt64)? {
        number(count, rest).map { (count + extra + Int($0), 0) }
    }

    private static func counted(_ count: Int, _ rest: ArraySlice<UInt8>, each: UInt64) -> (Int, UInt64)? {
        number(count, rest).map { (count, each * $0) }
    }
}
