// Values of `width` bits each, least significant first, back to back:
//
//     width 3     byte 0             byte 1             byte 2
//     bits        22 111 000         5 444 333 2        777 666 55        (value i at bit 3i)
//
// Eight values take `width` bytes, so groups of eight start on byte borders. Unpacking loads eight bytes at once and may look
// up to eight bytes past the packed data, which is why every column ends in padding.

/// Bytes of `count` values of `width` bits.
func packedSize(count: Int, width: Int) -> Int {
    (count * width + 7) / 8
}

/// Writes the low `width` bits of each value, which `mask` has. `target` holds `packedSize` bytes, all zero.
func packBits(
    _ values: UnsafeBufferPointer<UInt64>, width: Int, mask: UInt64, into target: UnsafeMutableRawBufferPointer
) {
    guard width > 0, let base = target.baseAddress else { return }
    var accumulator: UInt64 = 0
    var filled = 0
    var position = 0
    for value in values {
        let value = value & mask
        accumulator |= value &<< UInt64(filled)
        filled &+= width
        if filled >= 64 {
            base.storeBytes(of: accumulator.littleEndian, toByteOffset: position, as: UInt64.self)
            position &+= 8
            filled &-= 64
            accumulator = filled == 0 ? 0 : value &>> UInt64(width &- filled)
        }
    }
    while filled > 0 {
        target[position] = UInt8(truncatingIfNeeded: accumulator)
        accumulator >>= 8
        position += 1
        filled -= 8
    }
}

/// Reads `count` values of any width into words, one or two loads a value. `source` holds the packed bytes and eight more.
/// Narrow ones are read faster by `unpackBytes` and `unpackShorts`.
func unpackWords(_ source: UnsafeRawPointer, count: Int, width: Int, into target: UnsafeMutablePointer<UInt64>) {
    guard width > 57 else {
        for index in 0..<count { target[index] = packedValue(source, at: index, width: width) }
        return
    }
    let mask = width == 64 ? ~0 : (UInt64(1) << UInt64(width)) &- 1
    for index in 0..<count {
        let bit = index &* width
        let low = bits(source, at: bit)
        // The first load yields 64 − (bit mod 8) bits; the ninth byte has the rest.
        let high = UInt64(source.load(fromByteOffset: bit >> 3 &+ 8, as: UInt8.self))
        target[index] = (bit & 7 == 0 ? low : low | high << UInt64(64 &- (bit & 7))) & mask
    }
}

/// Value `index` of those packed in at most 57 bits each.
@inline(__always)
func packedValue(_ source: UnsafeRawPointer, at index: Int, width: Int) -> UInt64 {
    bits(source, at: index &* width) & ((UInt64(1) &<< UInt64(width)) &- 1)
}

/// At least 57 bits starting at bit `bit`.
@inline(__always)
private func bits(_ source: UnsafeRawPointer, at bit: Int) -> UInt64 {
    UInt64(littleEndian: source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self)) &>> UInt64(bit & 7)
}
