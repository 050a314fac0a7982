public import VarveEvents

/// How times are written in an input.
public enum TimeFormat: String, CaseIterable, Sendable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"
    /// Only text.
    case rfc3339
    /// Numbers in the unit in which they lie between 1990 and now, which no number does in two.
    case auto

    /// The unit of a number; nil when times are text, or the unit is told by the number's size.
    public var unit: TimeUnit? { TimeUnit(rawValue: rawValue) }
}
