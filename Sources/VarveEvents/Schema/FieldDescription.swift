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

/// A name under which a source has a field.
public struct FieldSource: Hashable, Sendable, ExpressibleByStringLiteral {
    public var name: String
    /// What the source's number is multiplied by to be ours: 0.01 where it has percent and we fractions.
    public var factor: Double

    public init(_ name: String, times factor: Double = 1) {
        self.name = name
        self.factor = factor
    }

    /// The same number under another name.
    public init(stringLiteral name: String) {
        self.init(name)
    }
}

/// What kind of value a field holds.
public enum FieldType: String, CaseIterable, Sendable {
    case text
    /// A whole number.
    case integer
    /// A number, whole or not.
    case number
    case boolean
    /// An object or array.
    case json

    /// The column types that are right for it.
    public var valueTypes: [ValueType] {
        switch self {
        case .text: [.string]
        case .integer: [.int64]
        case .number: [.int64, .double]
        case .boolean: [.bool]
        case .json: [.json]
        }
    }
}

/// What a number counts. Everything is stored in these; percent and other units are converted on the way in.
public enum FieldUnit: String, CaseIterable, Sendable {
    case milliseconds = "ms"
    case seconds = "s"
    case hours = "h"
    case days = "d"
    /// A share between 0 and 1: 0.05 is five percent.
    case fraction
    case bytes
    case megabytes = "MB"
    /// Of things that are counted one by one.
    case count
    case perSecond = "1/s"
    /// A score without a unit: layout shift, points.
    case score
    /// Standard deviations.
    case deviations = "σ"
}

/// How much a field can say about a person, from nothing to everything. What may leave a log, and to whom, is decided by it.
public enum PrivacyClass: String, CaseIterable, Sendable, Comparable {
    /// Says nothing about a person.
    case operational
    /// Tells persons apart without saying who they are: ids of users, sessions, requests.
    case pseudonymous
    /// Says something about a person: a name, where they are, what they browse with and where.
    case personal
    /// Written by or about a person, can hold anything: messages, queries, stacks, error texts.
    case content

    public static func < (left: PrivacyClass, right: PrivacyClass) -> Bool {
        left.order < right.order
    }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
