/// The part of an event that a column belongs to.
public enum ColumnScope: UInt8, Sendable {
    case envelope = 1
    case attribute = 2
}
