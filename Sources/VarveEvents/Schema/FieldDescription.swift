/// The description of one field of a signal.
public struct FieldDescription: Hashable, Sendable {
    /// The attribute's name, or `component`, `session` or `user` for a field of the envelope.
    public var name: String
    public var type: FieldType
    /// The unit of a number; nil for a plain number and for other types.
    public var unit: FieldUnit?
    public var isRequired: Bool
    /// The allowed texts; empty allows any.
    public var allowed: [String]
    /// The value that absence stands for, as text.
    public var defaultText: String?
    public var privacy: PrivacyClass
    /// A short explanation, if the name is not enough.
    public var meaning: String
    /// Other names and units of the field in the system's own documents.
    public var sources: [FieldSource]

    public init(
        _ name: String, _ type: FieldType, unit: FieldUnit? = nil, required: Bool = false, allowed: [String] = [],
        default defaultText: String? = nil, privacy: PrivacyClass = .operational, _ meaning: String = "",
        from sources: [FieldSource] = []
    ) {
        self.name = name
        self.type = type
        self.unit = unit
        isRequired = required
        self.allowed = allowed
        self.defaultText = defaultText
        self.privacy = privacy
        self.meaning = meaning
        self.sources = sources
    }

    /// The columns that may hold the field. A number field has two, because integers are numbers too.
    public var columns: [ColumnKey] {
        if let key = envelopeKey { return [key] }
        return type.valueTypes.map { ColumnKey(.attribute, name, $0) }
    }

    /// The envelope column, if the field belongs to the envelope.
    public var envelopeKey: ColumnKey? {
        ColumnKey.envelope.first { $0.name == name }
    }
}
