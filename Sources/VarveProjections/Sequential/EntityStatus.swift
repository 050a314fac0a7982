internal import VarveEvents

/// The status that a rule gives a thing.
public enum EntityStatus: Hashable, Sendable {
    case named(String)
    /// The value of a field. Where the event lacks it the thing keeps its status; a new thing gets the default.
    case field(Field, default: String)
    /// The status it has; a new thing is `open`, or `closed` by a rule that closes.
    case kept

    public static func field(_ name: String, default other: String = "open") -> EntityStatus {
        .field(Field(name), default: other)
    }
}
