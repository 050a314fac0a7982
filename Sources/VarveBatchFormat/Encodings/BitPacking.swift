// Values of `width` bits each, least significant bits first, without gaps:
//
//     width 3     byte 0             byte 1             byte 2
//     bits        22 111 000         5 444 333 2        777 666 55        (value i at bit 3i)
//
// Eight values take `width` bytes, so groups of eight start on byte boundaries. Unpacking loads eight bytes at once and may
// read up to eight bytes past the packed data, which is why every column ends in padding.

/// The size in bytes of `count` values of `width` bits.
func packedSize(count: Int, width: Int) -> Int {
    (count * width + 7) / 8
}

/// Packs the low `width` bits of each value, two or four values at a time where they fit a word. `target` must have room for
/// whole words. Returns the size of the values in bytes.
@inline(__always)
func packBits<Word: FixedWidthInteger & BitwiseCopyable>(
    _ values: UnsafeBufferPointer<Word>, width: Int, into target: UnsafeMutableRawPointer
) -> Int {
    guard width > 0 else { return 0 }
    let mask = ~UInt64(0) &>> UInt64(64 &- width)
    var packer = BitPacker(target: target)
    var index = 0
    if width <= 16 {
        while index &+ 4 <= values.count {
            let low = word(values, index, mask) | word(values, index &+ 1, mask) &<< UInt64(width)
            let high = word(values, index &+ 2, mask) | word(values, index &+ 3, mask) &<< UInt64(width)
            packer.append(low | high &<< UInt64(2 &* width), width: 4 &* width)
            index &+= 4
        }
    } else if width <= 32 {
        while index &+ 2 <= values.count {
            packer.append(
                word(values, index, mask) | word(values, index &+ 1, mask) &<< UInt64(width), width: 2 &* width)
            index &+= 2
        }
    }
    while index < values.count {
        packer.append(word(values, index, mask), width: width)
        index &+= 1
    }
    packer.end()
    return packedSize(count: values.count, width: width)
}

@inline(__always)
private func word<Word: FixedWidthInteger>(_ values: UnsafeBufferPointer<Word>, _ index: Int, _ mask: UInt64) -> UInt64 {
    UInt64(truncatingIfNeeded: values[index]) & mask
}

/// Accumulates bits and writes them to memory word by word.
private struct BitPacker {
    var target: UnsafeMutableRawPointer
    private var waiting: UInt64 = 0
    private var count = 0

    init(target: UnsafeMutableRawPointer) { self.target = target }

    /// Appends 1 ... 64 bits; higher bits must be zero.
    @inline(__always)
    mutating func append(_ bits: UInt64, width: Int) {
        waiting |= bits &<< UInt64(count)
        count &+= width
        if count >= 64 {
            target.storeBytes(of: waiting.littleEndian, as: UInt64.self)
            target += 8
            count &-= 64
            waiting = count == 0 ? 0 : bits &>> UInt64(width &- count)
        }
    }

    /// Writes the remaining bits as a whole word.
    @inline(__always)
    func end() {
        if count > 0 { target.storeBytes(of: waiting.littleEndian, as: UInt64.self) }
    }
}

/// Unpacks `count` values of any width into words, with one or two loads per value. `source` must have eight bytes after the
/// packed ones. For narrow values `unpackBytes` and `unpackShorts` are faster.
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

/// Value `index` of values packed in at most 57 bits each.
@inline(__always)
func packedValue(_ source: UnsafeRawPointer, at index: Int, width: Int) -> UInt64 {
    bits(source, at: index &* width) & ((UInt64(1) &<< UInt64(width)) &- 1)
}

/// At least 57 bits starting at bit `bit`.
@inline(__always)
private func bits(_ source: UnsafeRawPointer, at bit: Int) -> UInt64 {
    UInt64(littleEndian: source.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self)) &>> UInt64(bit & 7)
}
