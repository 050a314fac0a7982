/// Declared encodings other than UTF-8. All later positions and bytes refer to the converted UTF-8.
public enum TextEncoding: String, CaseIterable, Sendable {
    case utf8 = "utf-8"
    case latin1
    case windows1252 = "windows-1252"
    /// By the byte order mark; little endian without one.
    case utf16 = "utf-16"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
}

/// Converts a stream of bytes to UTF-8.
struct Transcoder {
    private let encoding: TextEncoding
    private var isBigEndian: Bool?
    /// The first byte of a UTF-16 unit whose second byte is missing.
    private var half: UInt8?
    private var highSurrogate: UInt16?

    init(_ encoding: TextEncoding) {
        self.encoding = encoding
        switch encoding {
        case .utf16BigEndian: isBigEndian = true
        case .utf16LittleEndian: isBigEndian = false
        case .utf8, .latin1, .windows1252, .utf16: break
        }
    }

    /// Appends the text of `bytes`. Invalid sequences become U+FFFD.
    mutating func decode(_ bytes: UnsafeRawBufferPointer, into text: inout [UInt8]) {
        switch encoding {
        case .utf8: text += bytes
        case .latin1: for byte in bytes { Self.append(UInt32(byte), &text) }
        case .windows1252: for byte in bytes { Self.append(Self.windows1252(byte), &text) }
        case .utf16, .utf16LittleEndian, .utf16BigEndian: for byte in bytes { take(byte, &text) }
        }
    }

    /// Ends the input.
    mutating func finish(into text: inout [UInt8]) {
        if half != nil || highSurrogate != nil { Self.append(0xFFFD, &text) }
        half = nil
        highSurrogate = nil
    }

    private mutating func take(_ byte: UInt8, _ text: inout [UInt8]) {
        guard let first = half else {
            half = byte
            return
        }
        half = nil
        if isBigEndian == nil {
            isBigEndian = first == 0xFE && byte == 0xFF
        }
        let unit = isBigEndian == true ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
        if let high = highSurrogate {
            highSurrogate = nil
            if (0xDC00...0xDFFF).contains(unit) {
                return Self.append(0x10000 + (UInt32(high) - 0xD800) << 10 + UInt32(unit) - 0xDC00, &text)
            }
            Self.append(0xFFFD, &text)
        }
        switch unit {
        case 0xD800...0xDBFF: highSurrogate = unit
        case 0xDC00...0xDFFF: Self.append(0xFFFD, &text)
        default: Self.append(UInt32(unit), &text)
        }
    }

    private static func append(_ scalar: UInt32, _ text: inout [UInt8]) {
        text += Unicode.UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? Unicode.UTF8.encodedReplacementCharacter
    }

    private static let upper: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,
        0x017E, 0x0178,
    ]

    private static func windows1252(_ byte: UInt8) -> UInt32 {
        (0x80...0x9F).contains(byte) ? UInt32(upper[Int(byte - 0x80)]) : UInt32(byte)
    }
}

extension TextEncoding {
    /// The byte order mark that may stand before UTF-8.
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

extension UnsafeRawBufferPointer {
    /// The bytes behind a byte order mark, or all of them.
    var withoutMark: UnsafeRawBufferPointer {
        starts(with: TextEncoding.mark) ? UnsafeRawBufferPointer(rebasing: self[TextEncoding.mark.count...]) : self
    }
}
