internal import VarveEvents

/// The status that a rule gives a thing.
public enum EntityStatus: Hashable, Sendable {
    case named(String)
    /// The value of a field, a word in lower case. Where the event lacks it the thing keeps its status; one that
    /// begins, or begins again, gets the default.
    case field(Field, default: String)
    /// The status it has; a new thing is `open`, or `closed` by a rule that closes.
    case kept
    /// The value of a field as it stands: one that is no word, as of a setting. Else as `field`.
    case value(Field, default: String)

    /// Where the status comes from.
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
