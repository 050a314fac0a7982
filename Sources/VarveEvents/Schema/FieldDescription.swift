/// What is known of one field of a signal.
public struct FieldDescription: Hashable, Sendable {
    /// The attribute's name, or `component`, `session` or `user` for the envelope's.
    public var name: String
    public var type: FieldType
    /// What a number counts; nil for a plain number and for what is none.
    public var unit: FieldUnit?
    public var isRequired: Bool
    /// The only texts it may be; empty for any.
    public var allowed: [String]
    /// What its absence stands for, as text.
    public var defaultText: String?
    public var privacy: PrivacyClass
    /// A few words, where the name does not say it all.
    public var meaning: String
    /// What the system's own documents call it, and in which unit, where that differs from ours.
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

    /// The columns that may hold it. An integer is a number too, so a field of numbers has two.
    public var columns: [ColumnKey] {
        if let key = envelopeKey { return [key] }
        return type.valueTypes.map { ColumnKey(.attribute, name, $0) }
    }

    /// The envelope's column, if it is one of the envelope's fields.
    public var envelopeKey: ColumnKey? {
        ColumnKey.envelope.first { $0.name == name }
    }
}
