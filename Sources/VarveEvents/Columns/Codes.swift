/// Small numbers, in the narrowest form that holds them.
public enum Codes: Sendable {
    /// `count` times zero.
    case constant(count: Int)
    case u8([UInt8])
    case u16([UInt16])
    case u32([UInt32])
    /// 0, 1, 2 … `count - 1`: every value is distinct.
    case identity(count: Int)

    public var count: Int {
        switch self {
        case .constant(let count), .identity(let count): count
        case .u8(let codes): codes.count
        case .u16(let codes): codes.count
        case .u32(let codes): codes.count
        }
    }

    /// The code at `index`. For single lookups; loops should switch once and iterate over the array.
    public subscript(index: Int) -> Int {
        switch self {
        case .constant: 0
        case .identity: index
        case .u8(let codes): Int(codes[index])
        case .u16(let codes): Int(codes[index])
        case .u32(let codes): Int(codes[index])
        }
    }

    /// For each value, the element of `entries` at its code. O(count).
    public func map(_ entries: [Bool]) -> [Bool] {
        switch self {
        case .constant(let count): [Bool](repeating: entries.first ?? false, count: count)
        case .identity: entries
        case .u8(let codes): codes.map { entries[Int($0)] }
        case .u16(let codes): codes.map { entries[Int($0)] }
        case .u32(let codes): codes.map { entries[Int($0)] }
        }
    }
}
