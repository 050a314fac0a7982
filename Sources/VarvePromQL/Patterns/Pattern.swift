/// A regular expression of RE2's syntax that must match a whole text. The time it takes is bounded by the text's length times its
/// own: no text and no pattern can make it hang.
public struct Pattern: Sendable {
    /// What it was made of.
    public let text: String
    private let groups: [String]
    private let way: Way

    private enum Way: Sendable {
        case literals(Set<[UInt8]>)
        case program(PatternProgram)
    }

    /// Characters of a text beyond which it is not looked at: with the limit on instructions this bounds the work.
    private static let textMax = 65_536

    /// - Throws: `.syntax` with Go's sentence, or `.unsupported` with the name of what is not supported.
    public init(_ text: String, limits: PromQLLimits = PromQLLimits()) throws(PromQLError) {
        self.text = text
        var parser = PatternParser(text)
        let node: PatternNode
        do throws(PromQLError) {
            node = try parser.parse()
        } catch {
            // Prometheus shows what it puts around a pattern.
            var wrapped = PatternParser("^(?:\(text))$")
            if error.code == .syntax { _ = try wrapped.parse() }
            throw error
        }
        groups = parser.groups
        if parser.groups.isEmpty, let literals = node.literals {
            way = .literals(Set(literals.map { Array($0.utf8) }))
        } else {
            way = .program(try PatternProgram(node, limit: limits.patternInstructions))
        }
    }

    /// Whether it matches all of `other`.
    public func matches(_ other: String) -> Bool {
        switch way {
        case .literals(let literals): return literals.contains(Array(other.utf8))
        case .program(let program):
            let scalars = Array(other.unicodeScalars)
            guard scalars.count <= Self.textMax else { return false }
            var machine = PatternMachine(program, groups: 0)
            return machine.run(scalars, keepsNotes: false) != nil
        }
    }

    /// How many positions of groups are kept at once where they are asked for.
    var notesMax: Int {
        switch way {
        case .literals: 0
        case .program(let program): program.code.count * 2 * (groups.count + 1)
        }
    }

    /// `template` with `$1`, `${name}` and `$$` replaced by what the groups matched; nil when it does not match all of `other`.
    /// Behind `most` bytes it ends.
    func expand(_ template: String, matching other: String, most: Int) -> String? {
        let scalars = Array(other.unicodeScalars)
        let notes: [Int]
        switch way {
        case .literals:
            guard matches(other) else { return nil }
            notes = [0, scalars.count]
        case .program(let program):
            guard scalars.count <= Self.textMax else { return nil }
            var machine = PatternMachine(program, groups: groups.count)
            guard let found = machine.run(scalars, keepsNotes: true) else { return nil }
            notes = found
        }
        return PatternTemplate(template).filled(most) { name in
            let index = Int(name).map { $0 < notes.count / 2 ? $0 : -1 } ?? (groups.firstIndex(of: name).map { $0 + 1 } ?? -1)
            guard index >= 0, notes[2 * index] >= 0, notes[2 * index + 1] >= notes[2 * index] else { return "" }
            return String(text: scalars[notes[2 * index]..<notes[2 * index + 1]])
        }
    }
}

/// A text with places for what groups matched.
private struct PatternTemplate {
    private let text: [Unicode.Scalar]

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    func filled(_ most: Int, _ value: (String) -> String) -> String {
        var result = ""
        var index = 0
        while index < text.count, result.utf8.count <= most {
            guard text[index] == "$" else {
                result.unicodeScalars.append(text[index])
                index += 1
                continue
            }
            if index + 1 < text.count, text[index + 1] == "$" {
                result += "$"
                index += 2
            } else if let (name, next) = name(behind: index) {
                result += value(name)
                index = next
            } else {
                result += "$"
                index += 1
            }
        }
        return result
    }

    /// The longest name of letters, digits and `_`; in braces or not.
    private func name(behind dollar: Int) -> (String, Int)? {
        var start = dollar + 1
        let isBraced = start < text.count && text[start] == "{"
        if isBraced { start += 1 }
        let name = text[min(start, text.count)...].prefix {
            $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType == .decimal
        }
        guard !name.isEmpty else { return nil }
        let end = start + name.count
        guard isBraced else { return (String(text: name), end) }
        return end < text.count && text[end] == "}" ? (String(text: name), end + 1) : nil
    }
}
