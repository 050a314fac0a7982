/// What is done to a value before it becomes a dimension's. An absent value stays absent.
public enum DimensionTransform: Hashable, Sendable {
    case none
    /// ASCII letters in lower case; other bytes as they are, so that no version of Unicode's tables is part of a view.
    case lower
    /// The first `count` characters (Unicode scalars) of a text.
    case prefix(Int)
    /// `200…299` → `2xx`, and so on for 100 … 599; other numbers become absent.
    case statusClass
    /// Names for ranges of a number: the first range whose `below` is greater than the value; the last may be open.
    case ranges([ValueRange])
}
