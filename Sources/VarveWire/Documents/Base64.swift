/// Base64 text in both alphabets, with or without padding.
enum Base64 {
    /// Nil if the text is not valid base64.
    static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var group: UInt32 = 0
        var digits = 0
        var end = text.count
        while end > 0, text.count - end < 2, text[end - 1] == 0x3D { end -= 1 }
        for place in 0..<end {
            guard let digit = digit(text[place]) else { return nil }
            group = group << 6 | UInt32(digit)
            digits += 1
            guard digits == 4 else { continue }
            for shift in [UInt32(16), 8, 0] { bytes.append(UInt8(truncatingIfNeeded: group >> shift)) }
            (group, digits) = (0, 0)
        }
        switch digits {
        case 0: break
        case 2: bytes.append(UInt8(truncatingIfNeeded: group >> 4))
        case 3:
            bytes.append(UInt8(truncatingIfNeeded: group >> 10))
            bytes.append(UInt8(truncatingIfNeeded: group >> 2))
        default: return nil
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case 0x2B, 0x2D: 62
        case 0x2F, 0x5F: 63
        default: nil
        }
    }
}
