/// A word that the documents use without saying what it means, and what it means here (decision D12 and its like).
public struct TermDefinition: Hashable, Sendable {
    public var name: String
    public var meaning: String
    /// The lines of the requirements that use it.
    public var requirements: [String]
    /// The view and column that compute it, or why none does.
    public var source: String

    init(_ name: String, _ requirements: [String], source: String, _ meaning: String) {
        self.name = name
        self.meaning = meaning
        self.requirements = requirements
        self.source = source
    }
}
