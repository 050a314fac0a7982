/// A part of a regular expression.
indirect enum PatternNode {
    case empty
    case set(ScalarSet)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// `most` is nil without an upper limit. Of equally early matches one that repeats more is preferred when `isGreedy`.
    case repeated(PatternNode, least: Int, most: Int?, isGreedy: Bool)
    /// `index` is nil where nothing is kept of what it matches.
    case group(PatternNode, index: Int?)
    case assertion(Assertion)

    enum Assertion {
        case textStart, textEnd, lineStart, lineEnd, wordBorder, noWordBorder
    }

    /// The texts of which it is a choice, when it is no more than that.
    var literals: [String]? {
        switch self {
        case .choice(let choices):
            var all: [String] = []
            for choice in choices {
                guard let literal = choice.literal else { return nil }
                all.append(literal)
            }
            return all
        case .group(let inner, index: _): return inner.literals
        default: return literal.map { [$0] }
        }
    }

    private var literal: String? {
        switch self {
        case .empty: return ""
        case .set(let set): return set.single.map { String($0) }
        case .sequence(let parts):
            var text = ""
            for part in parts {
                guard case .set(let set) = part, let scalar = set.single else { return nil }
                text.unicodeScalars.append(scalar)
            }
            return text
        default: return nil
        }
    }
}
