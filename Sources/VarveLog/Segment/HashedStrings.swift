// How the strings of one stream are hashed:
//
//     up to 256 distinct ones     one byte each: their number by first appearance; a new one: number, length u32, bytes
//     from the 257th on           length u32, bytes
//
// A stream may switch form in the middle of a frame. Every string of a sealed segment passes through here, so both loops work
// on raw memory and write into a buffer that stays in cache.

internal import VarveEvents
internal import VarveHash

/// A buffer of bytes to be hashed. Used by one thread at a time; empty between uses.
final class HashScratch {
    static let capacity = 32 << 10
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
    /// How many bytes are pending.
    var count = 0

    deinit { bytes.deallocate() }

    func flush(into hasher: inout SHA256Hasher) {
        guard count > 0 else { return }
        hasher.update(UnsafeRawBufferPointer(start: bytes, count: count))
        count = 0
    }
}

/// The hashing state of one stream.
struct HashedStrings {
    /// Number of each string by first appearance; nil once there are more than 256.
    private var numbers: [[UInt8]: UInt8]? = [:]

    /// Adds the strings of `range`. All codes are below the size of the table.
    mutating func add(
        _ codes: Codes, _ table: StringTable, _ range: Range<Int>, to hasher: inout SHA256Hasher, _ scratch: HashScratch
    ) {
        switch codes {
        case .constant: add([UInt8](repeating: 0, count: range.count), table, 0..<range.count, &hasher, scratch)
        case .identity: add(range.map { UInt32(truncatingIfNeeded: $0) }, table, 0..<range.count, &hasher, scratch)
        case .u8(let codes): add(codes, table, range, &hasher, scratch)
        case .u16(let codes): add(codes, table, range, &hasher, scratch)
        case .u32(let codes): add(codes, table, range, &hasher, scratch)
        }
    }

    private mutating func add<Code: FixedWidthInteger & UnsignedInteger>(
        _ codes: [Code], _ table: StringTable, _ range: Range<Int>, _ hasher: inout SHA256Hasher, _ scratch: HashScratch
    ) {
        codes.withUnsafeBufferPointer { codes in
            let codes = UnsafeBufferPointer(rebasing: codes[range])
            let done = numbers == nil ? 0 : addNumbered(codes, table, &hasher, scratch)
            if done < codes.count { Self.addWhole(codes, from: done, table, &hasher, scratch) }
        }
        scratch.flush(into: &hasher)
    }

    /// Writes numbers as long as there are at most 256 strings; returns the first index not written.
    private mutating func addNumbered<Code: FixedWidthInteger & UnsignedInteger>(
        _ codes: UnsafeBufferPointer<Code>, _ table: StringTable, _ hasher: inout SHA256Hasher, _ scratch: HashScratch
    ) -> Int {
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: table.count) { known in
            known.initialize(repeating: -1)
            var index = 0
            while true {
                index = Self.addKnown(codes, from: index, UnsafeBufferPointer(known), &hasher, scratch)
                guard index < codes.count else { return index }
                guard let number = addNew(Int(codes[index]), table, &hasher, scratch) else { return index }
                known[Int(codes[index])] = Int16(number)
                index += 1
            }
        }
    }

    /// Writes the numbers of strings up to the first one without a number in `known`, and returns its index.
    @inline(__always)
    private static func addKnown<Code: FixedWidthInteger & UnsignedInteger>(
        _ codes: UnsafeBufferPointer<Code>, from first: Int, _ known: UnsafeBufferPointer<Int16>,
        _ hasher: inout SHA256Hasher, _ scratch: HashScratch
    ) -> Int {
        let target = scratch.bytes
        var index = first
        while index < codes.count {
            if scratch.count == HashScratch.capacity { scratch.flush(into: &hasher) }
            let end = min(codes.count, index + HashScratch.capacity - scratch.count)
            var place = scratch.count
            var number: Int16 = 0
            while index < end {
                number = known[Int(codes[index])]
                if number < 0 { break }
                target.storeBytes(of: UInt8(truncatingIfNeeded: number), toByteOffset: place, as: UInt8.self)
                place &+= 1
                index &+= 1
            }
            scratch.count = place
            if number < 0 { return index }
        }
        return index
    }

    /// Writes the number of a string, and the string itself if it is new. Nil, and nothing is written, when there are too many.
    private mutating func addNew(
        _ code: Int, _ table: StringTable, _ hasher: inout SHA256Hasher, _ scratch: HashScratch
    ) -> UInt8? {
        let text = table.withBytes(of: code) { Array($0) }
        let known = numbers?[text]
        guard let number = known ?? numbers.flatMap({ UInt8(exactly: $0.count) }) else {
            numbers = nil
            return nil
        }
        if scratch.count == HashScratch.capacity { scratch.flush(into: &hasher) }
        scratch.bytes.storeBytes(of: number, toByteOffset: scratch.count, as: UInt8.self)
        scratch.count += 1
        if known == nil {
            numbers?[text] = number
            text.withUnsafeBytes { Self.addWhole($0, $0.count, &hasher, scratch) }
        }
        return number
    }

    private static func addWhole<Code: FixedWidthInteger & UnsignedInteger>(
        _ codes: UnsafeBufferPointer<Code>, from first: Int, _ table: StringTable, _ hasher: inout SHA256Hasher,
        _ scratch: HashScratch
    ) {
        table.bytes.withUnsafeBytes { bytes in
            table.bounds.withUnsafeBufferPointer { bounds in
                for index in first..<codes.count {
                    let code = Int(codes[index])
                    let start = Int(bounds[code])
                    let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
                    addWhole(rest, Int(bounds[code &+ 1]) &- start, &hasher, scratch)
                }
            }
        }
    }

    /// Writes length and bytes of the string in the first `count` bytes of `text`. May read beyond them, within `text`.
    @inline(__always)
    private static func addWhole(
        _ text: UnsafeRawBufferPointer, _ count: Int, _ hasher: inout SHA256Hasher, _ scratch: HashScratch
    ) {
        if scratch.count &+ count &+ 4 &+ copied > HashScratch.capacity { scratch.flush(into: &hasher) }
        let target = scratch.bytes + scratch.count
        target.storeBytes(of: UInt32(truncatingIfNeeded: count).littleEndian, as: UInt32.self)
        scratch.count &+= 4
        guard count > 0, let start = text.baseAddress else { return }
        if count <= copied, text.count >= copied {
            // Most strings are short: copy a fixed 32 bytes with two vector moves, whatever the length.
            let low = start.loadUnaligned(as: SIMD16<UInt8>.self)
            let high = start.loadUnaligned(fromByteOffset: 16, as: SIMD16<UInt8>.self)
            target.storeBytes(of: low, toByteOffset: 4, as: SIMD16<UInt8>.self)
            target.storeBytes(of: high, toByteOffset: 20, as: SIMD16<UInt8>.self)
            scratch.count &+= count
        } else if count &+ 4 <= HashScratch.capacity {
            (target + 4).copyMemory(from: start, byteCount: count)
            scratch.count &+= count
        } else {
            scratch.flush(into: &hasher)
            hasher.update(UnsafeRawBufferPointer(start: start, count: count))
        }
    }

    private static let copied = 32
}
