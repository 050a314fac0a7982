// Converts hex digits to numbers and back, up to eight at a time in a 64-bit word:
//
//     characters  '0' '1' '9' 'b' '7' '6' 'd' 'a'     one per byte, the first in the lowest
//     nibbles      0   1   9   b   7   6   d   a      one per byte
//     packed      0xad67b910                          the first in the lowest four bits
//
// The value of a digit is its low four bits, plus nine if bit 6 is set, as it is in letters.

/// Up to eight adjacent digits.
struct HexPart {
    /// The position of the first digit in a string.
    var place: Int
    var count: Int
}

enum HexDigits {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let lowHalves: UInt64 = 0x0F0F_0F0F_0F0F_0F0F

    /// Splits `places`, which ascend, into parts.
    static func parts(_ places: ArraySlice<Int>) -> [HexPart] {
        var parts: [HexPart] = []
        for place in places {
            if let last = parts.last, last.place + last.count == place, last.count < 8 {
                parts[parts.count - 1].count += 1
            } else {
                parts.append(HexPart(place: place, count: 1))
            }
        }
        return parts
    }

    // MARK: From strings

    /// Whether all strings, of `length` bytes each, have digits 0-9a-f at the positions of `parts`.
    static func areDigits(_ strings: UnsafeRawBufferPointer, _ parts: [HexPart], _ length: Int) -> Bool {
        var wrong: UInt64 = 0
        for part in parts {
            let read = Read(part, length)
            let mask = ~UInt64(0) >> UInt64(64 - 8 * part.count)
            var at = read.place
            while at < strings.count {
                let text = read.text(strings, at)
                // Only for digits does formatting the value give the text again.
                let value = nibbles(text)
                wrong |= ((value & ~lowHalves) | (characters(value & lowHalves) ^ text)) & mask
                at &+= length
            }
        }
        return wrong == 0
    }

    /// For each string, the digits at `parts`, at most 15, as a number.
    static func numbers(_ strings: UnsafeRawBufferPointer, _ parts: [HexPart], _ length: Int) -> [Int64] {
        let reads = parts.map { Read($0, length) }
        var numbers: [Int64] = []
        numbers.reserveCapacity(strings.count / length)
        reads.withUnsafeBufferPointer { reads in
            for start in stride(from: 0, to: strings.count, by: length) {
                var number: UInt64 = 0
                for read in reads {
                    // The first digit goes into the highest bits.
                    let value = packed(nibbles(read.text(strings, start &+ read.place)).byteSwapped) &>> (32 &- read.bits)
                    number = number &<< read.bits | value
                }
                numbers.append(Int64(bitPattern: number))
            }
        }
        return numbers
    }

    /// Packs the digits at `parts` of all strings, two per byte, the first in the low half. `target` has exactly the needed
    /// size and must be zero.
    static func pack(
        _ strings: UnsafeRawBufferPointer, _ parts: [HexPart], _ length: Int, into target: UnsafeMutableRawBufferPointer
    ) {
        let reads = parts.map { Read($0, length) }
        var (gathered, bits, end): (UInt64, UInt64, Int) = (0, 0, 0)
        reads.withUnsafeBufferPointer { reads in
            for start in stride(from: 0, to: strings.count, by: length) {
                for read in reads {
                    let value = packed(nibbles(read.text(strings, start &+ read.place))) & read.mask
                    gathered |= value &<< bits
                    bits &+= read.bits
                    if bits >= 32 {
                        target.storeBytes(
                            of: UInt32(truncatingIfNeeded: gathered).littleEndian, toByteOffset: end, as: UInt32.self)
                        end &+= 4
                        gathered = gathered &>> 32
                        bits &-= 32
                    }
                }
            }
        }
        while end < target.count {
            target[end] = UInt8(truncatingIfNeeded: gathered)
            gathered = gathered &>> 8
            end += 1
        }
    }

    /// Reads a part: loads eight bytes at its position, or the last eight bytes of the string, shifted, if the string ends
    /// sooner.
    private struct Read {
        let place: Int
        let shift: UInt64
        let bits: UInt64
        let mask: UInt64

        init(_ part: HexPart, _ length: Int) {
            place = min(part.place, length - 8)
            shift = UInt64(8 * (part.place - place))
            bits = UInt64(4 * part.count)
            mask = ~0 >> (64 - bits)
        }

        @inline(__always)
        func text(_ strings: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
            UInt64(littleEndian: strings.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &>> shift
        }
    }

    @inline(__always)
    private static func nibbles(_ text: UInt64) -> UInt64 {
        (text & lowHalves) &+ ((text &>> 6) & ones) &* 9
    }

    @inline(__always)
    private static func packed(_ nibbles: UInt64) -> UInt64 {
        var packed = nibbles & lowHalves
        packed = (packed | packed &>> 4) & 0x00FF_00FF_00FF_00FF
        packed = (packed | packed &>> 8) & 0x0000_FFFF_0000_FFFF
        return (packed | packed &>> 16) & 0xFFFF_FFFF
    }

    // MARK: To strings

    /// Writes strings one after the other: the digits of a number at `lead`, then digits of `nibbles` at `rest`; the reverse of
    /// `pack`. `target` already holds the other characters, and has room for eight bytes after the last string.
    static func write(
        _ numbers: [Int64], _ lead: [HexPart], _ nibbles: UnsafeRawBufferPointer, _ rest: [HexPart], _ template: [UInt8],
        into target: UnsafeMutableRawBufferPointer
    ) {
        let (first, then) = (lead.map { Written($0, template) }, rest.map { Written($0, template) })
        let leadBits = first.reduce(0) { $0 + $1.bits }
        var (gathered, bits, next): (UInt64, UInt64, Int) = (0, 0, 0)
        first.withUnsafeBufferPointer { first in
            then.withUnsafeBufferPointer { then in
                for index in 0..<numbers.count {
                    let string = index &* template.count
                    var left = leadBits
                    for part in first {
                        left &-= part.bits
                        // The first digit is in the highest of 32 bits.
                        let digits = (UInt64(bitPattern: numbers[index]) &>> left) &<< (32 &- part.bits)
                        part.put(spread(digits & 0xFFFF_FFFF).byteSwapped, string, target)
                    }
                    for part in then {
                        if bits < part.bits { take(nibbles, &next, &gathered, &bits) }
                        part.put(spread(gathered & 0xFFFF_FFFF), string, target)
                        gathered = gathered &>> part.bits
                        bits &-= part.bits
                    }
                }
            }
        }
    }

    /// Appends the next 32 bits of `nibbles`, or the remaining ones, to the gathered bits, of which there are fewer than 32.
    @inline(__always)
    private static func take(
        _ nibbles: UnsafeRawBufferPointer, _ next: inout Int, _ gathered: inout UInt64, _ bits: inout UInt64
    ) {
        if next &+ 4 <= nibbles.count {
            let more = UInt32(littleEndian: nibbles.loadUnaligned(fromByteOffset: next, as: UInt32.self))
            gathered |= UInt64(more) &<< bits
            next &+= 4
            bits &+= 32
        } else {
            while next < nibbles.count {
                gathered |= UInt64(nibbles[next]) &<< bits
                next &+= 1
                bits &+= 8
            }
        }
    }

    /// Writes a part as eight bytes. The bytes after the part are the template's characters there, which may belong to the next
    /// string. Where these are digits, they are written later.
    private struct Written {
        let place: Int
        let bits: UInt64
        let mask: UInt64
        let behind: UInt64

        init(_ part: HexPart, _ template: [UInt8]) {
            place = part.place
            bits = UInt64(4 * part.count)
            mask = ~0 >> UInt64(64 - 8 * part.count)
            var behind: UInt64 = 0
            for order in part.count..<8 {
                behind |= UInt64(template[(part.place + order) % template.count]) << UInt64(8 * order)
            }
            self.behind = behind
        }

        /// Writes the first digits of `nibbles` as characters into the string that starts at `string`.
        @inline(__always)
        func put(_ nibbles: UInt64, _ string: Int, _ target: UnsafeMutableRawBufferPointer) {
            let text = HexDigits.characters(nibbles) & mask | behind
            target.storeBytes(of: text.littleEndian, toByteOffset: string &+ place, as: UInt64.self)
        }
    }

    /// Spreads eight times four bits into one byte each.
    @inline(__always)
    private static func spread(_ packed: UInt64) -> UInt64 {
        var spread = (packed | packed &<< 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread &<< 8) & 0x00FF_00FF_00FF_00FF
        return (spread | spread &<< 4) & lowHalves
    }

    @inline(__always)
    private static func characters(_ nibbles: UInt64) -> UInt64 {
        nibbles &+ 0x30 &* ones &+ ((nibbles &+ 6 &* ones) &>> 4 & ones) &* 39
    }
}
