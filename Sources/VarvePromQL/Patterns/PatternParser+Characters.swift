/// Characters, and classes of them.
extension PatternParser {
    mutating func escape(_ start: Int) throws(PromQLError) -> PatternNode {
        if let set = try classEscape() { return .set(set) }
        switch next {
        case "A": position += 1; return .assertion(.textStart)
        case "z": position += 1; return .assertion(.textEnd)
        case "b": position += 1; return .assertion(.wordBorder)
        case "B": position += 1; return .assertion(.noWordBorder)
        default: return .set(set(try characterEscape(start)))
        }
    }

    /// `\d` and the like.
    private mutating func classEscape() throws(PromQLError) -> ScalarSet? {
        let found: ScalarSet
        switch next {
        case "d": found = .digits
        case "D": found = ScalarSet.digits.inverted
        case "s": found = .blanks
        case "S": found = ScalarSet.blanks.inverted
        case "w": found = .words
        case "W": found = ScalarSet.words.inverted
        case "p", "P": throw unsupported("Unicode classes (\\p)")
        case "C": throw unsupported("single bytes (\\C)")
        default: return nil
        }
        position += 1
        return found
    }

    private mutating func characterEscape(_ start: Int) throws(PromQLError) -> Unicode.Scalar {
        guard let scalar = next else { throw failure("trailing backslash at end of expression", "") }
        position += 1
        switch scalar {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x": if let code = hexEscape() { return code }
        case "0"..."7":
            var value = scalar.value - 0x30
            guard value == 0 || next.map({ ("0"..."7").contains($0) }) == true else { break }
            for _ in 0..<2 {
                guard let digit = next, ("0"..."7").contains(digit) else { break }
                value = value * 8 + digit.value - 0x30
                position += 1
            }
            if let code = Unicode.Scalar(value) { return code }
        default: if scalar.isASCII, !ScalarSet.words.contains(scalar.value) || scalar == "_" { return scalar }
        }
        throw failure("invalid escape sequence", String(text: text[start..<position]))
    }

    private mutating func hexEscape() -> Unicode.Scalar? {
        let isBraced = takes("{")
        var digits = ""
        while let digit = next, Character(digit).isHexDigit, digits.count < (isBraced ? 6 : 2) {
            digits.unicodeScalars.append(digit)
            position += 1
        }
        if isBraced ? !takes("}") : digits.count != 2 { return nil }
        return UInt32(digits, radix: 16).flatMap { Unicode.Scalar($0) }
    }

    /// Behind `[`.
    mutating func bracket(_ start: Int) throws(PromQLError) -> ScalarSet {
        // Gathered first and put in order once: a class of many thousand ranges stays cheap.
        var ranges: [ClosedRange<UInt32>] = []
        let isInverted = takes("^")
        var isFirst = true
        while isFirst || next != "]" {
            guard next != nil else { throw failure("missing closing ]", String(text: text[start...])) }
            isFirst = false
            if let named = try namedClass() {
                ranges += named.ranges
                continue
            }
            let place = position
            if takes("\\") {
                if let found = try classEscape() {
                    ranges += found.ranges
                    continue
                }
                position = place
            }
            ranges.append(try bracketRange(place))
        }
        position += 1
        var set = ScalarSet(unordered: ranges)
        if flags.ignoresCase { set = set.ignoringCase }
        return isInverted ? set.inverted : set
    }

    /// `[:alpha:]` within brackets.
    private mutating func namedClass() throws(PromQLError) -> ScalarSet? {
        guard sees("[:") else { return nil }
        let ahead = text[min(position + 2, text.count)...].prefix(12)
        guard let colon = ahead.indices.first(where: { ahead[$0] == ":" && $0 + 1 < text.count && text[$0 + 1] == "]" }) else {
            return nil
        }
        let name = String(text: text[(position + 2)..<colon])
        let isNot = name.hasPrefix("^")
        guard let found = ScalarSet.named[isNot ? String(name.dropFirst()) : name] else {
            throw failure("invalid character class range", "[:\(name):]")
        }
        position = colon + 2
        return isNot ? found.inverted : found
    }

    private mutating func bracketRange(_ place: Int) throws(PromQLError) -> ClosedRange<UInt32> {
        let low = try bracketCharacter()
        guard next == "-", position + 1 < text.count, text[position + 1] != "]" else {
            return low.value...low.value
        }
        position += 1
        let high = try bracketCharacter()
        guard low <= high else { throw failure("invalid character class range", String(text: text[place..<position])) }
        return low.value...high.value
    }

    private mutating func bracketCharacter() throws(PromQLError) -> Unicode.Scalar {
        let start = position
        guard let scalar = next else { throw failure("missing closing ]", String(text: text[...])) }
        position += 1
        return scalar == "\\" ? try characterEscape(start) : scalar
    }
}
