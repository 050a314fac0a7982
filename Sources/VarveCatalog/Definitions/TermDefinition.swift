/// A term that the documents use without a definition, and its definition here (decision D12 and similar).
public struct TermDefinition: Hashable, Sendable {
    public var name: String
    public var meaning: String
    /// The requirements that use it.
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
