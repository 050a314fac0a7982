/// Writes minified JSON text.
public struct JSONWriter: Sendable {
    /// The text written so far.
    public var bytes: [UInt8] = []

    public init() {}

    /// Appends text unchanged.
    public mutating func raw(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func raw(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends a quoted string.
    public mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// Appends a quoted string. Quotes, backslashes and control characters are escaped, and U+2028 and U+2029, which some
    /// readers treat as line ends. `utf8` must be valid.
    mutating func string(utf8: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "\""))
        var plainFrom = 0
        var index = 0
        while index < utf8.count {
            let byte = utf8[index]
            let isSeparator =
                byte == 0xE2 && index + 2 < utf8.count && utf8[index + 1] == 0x80 && utf8[index + 2] & 0xFE == 0xA8
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C || isSeparator else {
                index += 1
                continue
            }
            bytes.append(contentsOf: utf8[plainFrom..<index])
            if isSeparator {
                raw(utf8[index + 2] == 0xA8 ? "\\u2028" : "\\u2029")
                index += 3
            } else {
                escape(byte)
                index += 1
            }
            plainFrom = index
        }
        bytes.append(contentsOf: utf8[plainFrom...])
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case 0x22: raw("\\\"")
        case 0x5C: raw("\\\\")
        case 0x08: raw("\\b")
        case 0x09: raw("\\t")
        case 0x0A: raw("\\n")
        case 0x0C: raw("\\f")
        case 0x0D: raw("\\r")
        default:
            raw("\\u00")
            bytes.append(hexDigits[Int(byte >> 4)])
            bytes.append(hexDigits[Int(byte & 15)])
        }
    }

    /// Appends the shortest text that reads back as `value`, always with a fraction or exponent, so that it stays a double;
    /// null for values that are not finite, which JSON cannot represent.
    public mutating func double(_ value: Double) {
        raw(value.isFinite ? value.description : "null")
    }

    mutating func base64(_ data: [UInt8]) {
        var index = 0
        while index < data.count {
            let left = min(3, data.count - index)
            var group = UInt32(data[index]) << 16
            if left > 1 { group |= UInt32(data[index + 1]) << 8 }
            if left > 2 { group |= UInt32(data[index + 2]) }
            for place in 0..<4 {
                bytes.append(place <= left ? base64Digits[Int(group >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
            index += 3
        }
    }
}

private let hexDigits = Array("0123456789abcdef".utf8)
private let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
