public import VarveEvents

/// The notation of times in an input.
public enum TimeFormat: String, CaseIterable, Sendable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"
    /// Text only.
    case rfc3339
    /// Numbers, in the only unit in which they lie between 1990 and now.
    case auto

    /// The unit of a number; nil if times are text, or the unit is detected.
    public var unit: TimeUnit? { TimeUnit(rawValue: rawValue) }
}
