/// The description of a signal: its meaning, its fields, its retention, and which events count as duplicates.
///
/// Signals without a description are accepted and stored as well. Descriptions are data: documentation and checks are generated
/// from them, and the readers of systems' own JSON use them to rename fields.
public struct SignalDescription: Hashable, Sendable {
    /// The signal's name, dotted: `retry.success`.
    public var name: String
    /// The system whose documents require it, in one word.
    public var system: String
    /// One line.
    public var meaning: String
    /// In reading order. Envelope fields are listed only where the signal says something about them.
    public var fields: [FieldDescription]
    public var retention: RetentionClass
    /// The fields that together identify the event, for a collector that must make an `id` when the source has none. Empty:
    /// every event counts.
    public var dedupKey: [String]
    /// Its names in the system's own documents, if they differ from `name`.
    public var sourceNames: [String]
    /// The requirements that ask for it.
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
