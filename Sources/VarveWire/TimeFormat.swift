public import VarveEvents

/// How times are written in an input.
public enum TimeFormat: String, CaseIterable, Sendable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"
    case rfc3339

    /// The unit of an integer; nil when times are text.
    public var unit: TimeUnit? { TimeUnit(rawValue: rawValue) }
}
