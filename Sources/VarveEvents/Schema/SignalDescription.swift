/// What is known of a signal: what it means, which fields its events have, how long they matter, and what makes two of them one.
///
/// A signal without a description is accepted and kept all the same. The description is data: documents are printed from it,
/// checks are made from it, and what reads a system's own JSON renames fields by it.
public struct SignalDescription: Hashable, Sendable {
    /// The signal's name, dotted: `retry.success`.
    public var name: String
    /// Which system's documents ask for it, in one word.
    public var system: String
    /// One line.
    public var meaning: String
    /// In the order in which they are best read. Envelope fields stand here only where the signal says something about them.
    public var fields: [FieldDescription]
    public var retention: RetentionClass
    /// The fields that together name the event, for a collector that must make an `id` where the source has none. Empty: every
    /// event counts.
    public var dedupKey: [String]
    /// What the system's own documents call it, where that is not `name`.
    public var sourceNames: [String]
    /// The lines of the requirements that ask for it.
    public var requirements: [String]

    public init(
        _ name: String, system: String, meaning: String, fields: [FieldDescription], retention: RetentionClass = .standard,
        dedupKey: [String] = [], sourceNames: [String] = [], requirements: [String] = []
    ) {
        self.name = name
        self.system = system
        self.meaning = meaning
        self.fields = fields
        self.retention = retention
        self.dedupKey = dedupKey
        self.sourceNames = sourceNames
        self.requirements = requirements
    }

    /// The description of the field `name`, if there is one.
    public func field(_ name: String) -> FieldDescription? {
        fields.first { $0.name == name }
    }
}
