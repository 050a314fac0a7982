import VarveEvents

/// Makes outside text safe to print: an event must not be able to move the cursor or change a terminal's colours.
enum SafeText {
    /// Escapes control characters and direction overrides as `\u{1b}`; everything else is unchanged.
    static func escape(_ text: String, keepNewlines: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: { isUnsafe($0) && !(keepNewlines && $0 == "\n") }) else { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar), !(keepNewlines && scalar == "\n") {
                safe += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    /// Escapes all output to a terminal, including text printed verbatim (JSON, CSV). Characters become `\\u001b`, which is
    /// equivalent in JSON; newlines stay.
    static func escapeForTerminal(_ bytes: [UInt8]) -> [UInt8] {
        var text = ""
        var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            let isLineEnd = scalar == "\n" || scalar == "\r" && next == "\n"
            if isUnsafe(scalar), !isLineEnd {
                text += "\\u" + scalar.value.zeroPadded(4, radix: 16)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return Array(text.utf8)
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        // Direction marks and line separators.
        case 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
