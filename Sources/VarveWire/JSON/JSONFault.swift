internal import CSimdjson

/// Explains why a line is not valid JSON. Only used for refused lines, so speed does not matter.
struct JSONFault {
    private let text: UnsafeRawBufferPointer

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
    }

    func problem(_ error: varve_json_error, isTail: Bool) -> Problem {
        if text.contains(0) {
            return Problem(.binary, "the line has NUL bytes: this is no text", hint: FileKind.of(text)?.hint)
        }
        if error == VARVE_JSON_UTF8 || String(validating: text, as: UTF8.self) == nil {
            return Problem(
                .invalidUTF8, "the line is not UTF-8 from byte \(validPrefix) on", hint: FileKind.hintOfEncoding(text))
        }
        if isTail, error != VARVE_JSON_DEPTH {
            return Problem(
                .truncated, "the last line has no newline and is no complete JSON: it was cut off",
                hint: "send it again when it is whole")
        }
        let plain = outsideStrings()
        for word in ["NaN", "nan", "Infinity", "inf"] where plain.contains(word) {
            return Problem(.notFinite, "\(word) is no JSON number", hint: "leave the attribute out, or write null")
        }
        switch error {
        case VARVE_JSON_NUMBER: return numberProblem(plain)
        case VARVE_JSON_STRING:
            return Problem(.badString, "a string is not closed, has a raw control character or a wrong escape")
        case VARVE_JSON_DEPTH:
            return Problem(.tooDeep, "the line has more than \(WireLimits.jsonDepth) levels of objects and lists")
        case VARVE_JSON_CAPACITY, VARVE_JSON_MEMORY:
            return Problem(.lineTooLong, "no memory to parse a line of \(text.count) bytes")
        default:
            return Problem(
                .syntax, "the line is no JSON object: a comma, quote or bracket is wrong or missing",
                hint: FileKind.of(text)?.hint ?? (plain.contains("'") ? "names and text stand in double quotes" : nil))
        }
    }

    /// Distinguishes an integer beyond 64 bits from a malformed number.
    private func numberProblem(_ plain: String) -> Problem {
        for word in plain.split(whereSeparator: { !("0"..."9").contains($0) && !"+-.eE".contains($0) }) {
            let digits = word.drop { $0 == "-" }
            if digits.count >= 19, digits.allSatisfy({ ("0"..."9").contains($0) }) {
                return Problem(
                    .integerOutOfRange, "the integer \(word.prefix(40)) does not fit 64 bits",
                    hint: "write it as text, or with a fraction")
            }
        }
        return Problem(.badNumber, "a number is written wrongly or too large for a double")
    }

    /// The number of leading bytes that are valid UTF-8.
    private var validPrefix: Int {
        var low = 0
        var high = text.count
        while low < high {
            let middle = (low + high + 1) / 2
            var cut = middle
            while cut > 0, cut < text.count, text[cut] & 0xC0 == 0x80 { cut -= 1 }
            if String(validating: text[..<cut], as: UTF8.self) != nil { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// The text without its strings, at most 64 KiB of it.
    private func outsideStrings() -> String {
        var plain: [UInt8] = []
        var isInside = false
        var isEscaped = false
        for byte in text.prefix(65_536) {
            if isEscaped {
                isEscaped = false
            } else if isInside, byte == 0x5C {
                isEscaped = true
            } else if byte == 0x22 {
                isInside.toggle()
                plain.append(0x20)
            } else if !isInside {
                plain.append(byte)
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
