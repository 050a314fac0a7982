/// A part of a rule that can be wrong.
enum RulePart: Hashable, Sendable {
    case id, condition, view, column, by, filters, window, threshold, count, duration
}

/// Why no view can answer a rule.
public struct RuleProblem: Error, Hashable, Sendable, CustomStringConvertible {
    let part: RulePart
    /// A sentence.
    public let message: String

    public var description: String { message }
}
