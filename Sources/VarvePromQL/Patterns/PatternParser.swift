/// Reads a regular expression of RE2's syntax. What it does not know is refused by name.
struct PatternParser {
    let text: [Unicode.Scalar]
    var position = 0
    /// Groups that keep what they match; their names, empty for those without one.
    private(set) var groups: [String] = []
    var flags = Flags()
    private var depth = 0

    struct Flags {
        var ignoresCase = false
        var manyLines = false
        var dotTakesNewline = false
        var isUngreedy = false
    }

    private static let depthMax = 100
    private static let repeatMax = 1_000

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    mutating func parse() throws(PromQLError) -> PatternNode {
        let node = try choice()
        guard position == text.count else { throw failure("unexpected )", String(text: text[...])) }
        return node
    }

    var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    /// Whether the next characters are these.
    func sees(_ word: String) -> Bool { text[min(position, text.count)...].starts(with: word.unicodeScalars) }

    mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    mutating func takes(word: String) -> Bool {
        guard sees(word) else { return false }
        position += word.unicodeScalars.count
        return true
    }

    func failure(_ what: String, _ place: String) -> PromQLError {
        PromQLError(.syntax, "error parsing regexp: \(what): `\(place)`")
    }

    func unsupported(_ what: String) -> PromQLError {
        PromQLError(.unsupported, "regular expressions with \(what) are not supported")
    }

    // MARK: Structure

    private mutating func choice() throws(PromQLError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw failure("expression nests too deeply", String(text: text[...])) }
        let outer = flags
        defer { flags = outer }
        var choices = [try sequence()]
        while takes("|") { choices.append(try sequence()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func sequence() throws(PromQLError) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if takes(word: "\\Q") {
                while position < text.count, !takes(word: "\\E") {
                    parts.append(.set(set(text[position])))
                    position += 1
                }
                // What stands behind repeats the last character.
                if let last = parts.popLast() { parts.append(try repetition(last)) }
                continue
            }
            guard let atom = try atom() else { continue }
            parts.append(try repetition(atom))
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repetition(_ atom: PatternNode) throws(PromQLError) -> PatternNode {
        let start = position
        guard let (least, most) = try count() else { return atom }
        let isGreedy = takes("?") == flags.isUngreedy
        let place = position
        if try count() != nil {
            throw failure("invalid nested repetition operator", String(text: text[(place - 1)..<position]))
        }
        if least > Self.repeatMax || (most ?? 0) > Self.repeatMax {
            throw failure("invalid repeat count", String(text: text[start..<position]))
        }
        return .repeated(atom, least: least, most: most, isGreedy: isGreedy)
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`. Braces that hold something else are characters.
    private mutating func count() throws(PromQLError) -> (Int, Int?)? {
        switch next {
        case "*":
            position += 1
            return (0, nil)
        case "+":
            position += 1
            return (1, nil)
        case "?":
            position += 1
            return (0, 1)
        case "{": break
        default: return nil
        }
        let start = position
        position += 1
        guard let least = number() else {
            position = start
            return nil
        }
        var most: Int? = least
        if takes(",") { most = number() }
        guard takes("}") else {
            position = start
            return nil
        }
        if let most, most < least { throw failure("invalid repeat count", String(text: text[start..<position])) }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = next?.properties.numericType == .decimal ? next.flatMap({ Int(String($0)) }) : nil {
            value = min((value ?? 0) * 10 + digit, 1_000_000)
            position += 1
        }
        return value
    }

    /// Nil for flags, which match nothing.
    private mutating func atom() throws(PromQLError) -> PatternNode? {
        let start = position
        guard let scalar = next else { return nil }
        position += 1
        switch scalar {
        case ".": return .set(flags.dotTakesNewline ? .all : .allButNewline)
        case "^": return .assertion(flags.manyLines ? .lineStart : .textStart)
        case "$": return .assertion(flags.manyLines ? .lineEnd : .textEnd)
        case "(": return try group(start)
        case "[": return .set(try bracket(start))
        case "\\": return try escape(start)
        case "*", "+", "?": throw failure("missing argument to repetition operator", String(scalar))
        default: return .set(set(scalar))
        }
    }

    func set(_ scalar: Unicode.Scalar) -> ScalarSet {
        flags.ignoresCase ? ScalarSet(scalar).ignoringCase : ScalarSet(scalar)
    }

    private mutating func group(_ start: Int) throws(PromQLError) -> PatternNode? {
        guard takes("?") else {
            groups.append("")
            return try closed(index: groups.count, start)
        }
        if takes(word: "P<") || next == "<" && !sees("<=") && !sees("<!") && takes("<") {
            let name = String(text: text[position...].prefix { $0 != ">" })
            position += name.unicodeScalars.count
            let isName = !name.isEmpty && name.unicodeScalars.allSatisfy { ScalarSet.words.contains($0.value) }
            guard isName, takes(">"), !groups.contains(name) else {
                throw failure("invalid named capture", String(text: text[start..<min(position + 1, text.count)]))
            }
            groups.append(name)
            return try closed(index: groups.count, start)
        }
        for (sign, name) in [("=", "lookahead"), ("!", "lookahead"), ("<=", "lookbehind"), ("<!", "lookbehind")]
        where sees(sign) {
            throw unsupported(name)
        }
        var changed = flags
        var isOn = true
        while let scalar = next {
            position += 1
            switch scalar {
            case "i": changed.ignoresCase = isOn
            case "m": changed.manyLines = isOn
            case "s": changed.dotTakesNewline = isOn
            case "U": changed.isUngreedy = isOn
            case "-" where isOn: isOn = false
            case ")":
                flags = changed
                return nil
            case ":":
                let outer = flags
                flags = changed
                defer { flags = outer }
                return try closed(index: nil, start)
            default: throw failure("invalid or unsupported Perl syntax", String(text: text[start..<position]))
            }
        }
        throw failure("missing closing )", String(text: text[...]))
    }

    private mutating func closed(index: Int?, _ start: Int) throws(PromQLError) -> PatternNode {
        let inner = try choice()
        guard takes(")") else { throw failure("missing closing )", String(text: text[...])) }
        return .group(inner, index: index)
    }
}

extension String {
    init(text: ArraySlice<Unicode.Scalar>) {
        self.init()
        unicodeScalars.append(contentsOf: text)
    }
}
