internal import VarveEvents

/// The status that a rule sets.
public enum EntityStatus: Hashable, Sendable {
    case named(String)
    /// The value of a field, as a word in lower case. If the event lacks the field, the thing keeps its status; an opened or
    /// reopened thing gets the default.
    case field(Field, default: String)
    /// The previous status; a new thing is `open`, or `closed` by a closing rule.
    case kept
    /// The value of a field, unchanged: for values that are not words, such as settings. Otherwise like `field`.
    case value(Field, default: String)

    /// The field of the status, and its default.
    var source: (field: Field, usual: String)? {
        switch self {
        case .field(let field, let usual), .value(let field, let usual): (field, usual)
        case .named, .kept: nil
        }
    }

    public static func field(_ name: String, default other: String = "open") -> EntityStatus {
        .field(Field(name), default: other)
    }

    public static func value(_ name: String, default other: String = "open") -> EntityStatus {
        .value(Field(name), default: other)
    }
}
