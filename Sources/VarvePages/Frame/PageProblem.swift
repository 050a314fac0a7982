/// Why a page, or a part of it, cannot be shown. What was typed stays where it was typed.
public struct PageProblem: Error, Hashable, Sendable {
    /// An HTTP status.
    public var status: Int
    /// The query parameter that is wrong; nil for none.
    public var parameter: String?
    /// One sentence.
    public var sentence: String

    public init(_ status: Int, _ sentence: String, parameter: String? = nil) {
        self.status = status
        self.sentence = sentence
        self.parameter = parameter
    }

    static func bad(_ parameter: String, _ sentence: String) -> PageProblem {
        PageProblem(422, sentence, parameter: parameter)
    }
}
