public import VarveEvents

/// A number that a document fixes: a limit, an interval, a target. Each stands once, in the files of this folder, and everything
/// that needs it takes it from there.
public struct DefinedNumber: Hashable, Sendable {
    /// A word to find it by, unique.
    public var name: String
    public var value: Double
    /// Nil for what is a code and counts nothing.
    public var unit: FieldUnit?
    /// One line.
    public var meaning: String
    /// The lines of the requirements that fix it.
    public var requirements: [String]

    init(_ name: String, _ value: Double, _ unit: FieldUnit?, _ meaning: String, _ requirements: String...) {
        self.name = name
        self.value = value
        self.unit = unit
        self.meaning = meaning
        self.requirements = requirements
    }
}
