/// Which part of an event a column is.
public enum ColumnScope: UInt8, Sendable {
    case envelope = 1
    case attribute = 2
}
