/// A pattern in which `*` stands for any characters and everything else for itself.
public struct Glob: Hashable, Sendable {
    private let pattern: [UInt8]

    public init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
    }

    /// Whether the whole text matches. Backtracks only to the last star, so it is linear for usual patterns.
    public func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        let star = UInt8(ascii: "*")
        var (p, t) = (0, 0)
        var resume: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == star {
                resume = (p + 1, t)
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = resume {
                resume = (last.pattern, last.text + 1)
                (p, t) = (last.pattern, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == star }
    }
}
