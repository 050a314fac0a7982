/// A transformation of a value to a dimension value. An absent value stays absent.
public enum DimensionTransform: Hashable, Sendable {
    case none
    /// Lowercases ASCII letters and keeps other bytes, so that views do not depend on a version of Unicode's tables.
    case lower
    /// The first `count` characters (Unicode scalars) of a text.
    case prefix(Int)
    /// `200…299` → `2xx`, and so on for 100 … 599; other numbers become absent.
    case statusClass
    /// Names for numeric ranges: the first range whose `below` is greater than the value; the last may be open.
    case ranges([ValueRange])
}
