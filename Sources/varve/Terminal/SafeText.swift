/// Text from outside, made safe to print: an event must not move the cursor or recolour a terminal.
enum SafeText {
    /// Control characters become `\u{1b}`, direction overrides too; everything else stays.
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

    /// Text on its way to a terminal, as a last door: what is printed as it came (JSON, CSV) is made safe too. Characters become
    /// `\\u001b`, which JSON reads as the same; ends of lines stay.
    static func escapeForTerminal(_ bytes: [UInt8]) -> [UInt8] {
        var text = ""
        var scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            let isLineEnd = scalar == "\n" || scalar == "\r" && next == "\n"
            if isUnsafe(scalar), !isLineEnd {
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return Array(text.utf8)
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        // Marks that turn the direction of writing, and line separators.
        case 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
