public import VarveEvents

/// A number defined by a document: a limit, an interval, a target. Each is defined once, in the files of this folder, and used
/// from there.
public struct DefinedNumber: Hashable, Sendable {
    /// A unique name.
    public var name: String
    public var value: Double
    /// Nil for codes without a unit.
    public var unit: FieldUnit?
    /// One line.
    public var meaning: String
    /// The requirements that define it.
    public var requirements: [String]

    init(_ name: String, _ value: Double, _ unit: FieldUnit?, _ meaning: String, _ requirements: String...) {
        self.name = name
        self.value = value
        self.unit = unit
        self.meaning = meaning
        self.requirements = requirements
    }
}
