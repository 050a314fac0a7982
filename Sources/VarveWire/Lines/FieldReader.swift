internal import VarveEvents

/// Finds the fields of one line of a format.
protocol FieldReader {
    /// Reads the fields of `line` into `record`, which is empty. There are `ByteWindow.margin` readable bytes after the line.
    mutating func read(_ line: UnsafeRawBufferPointer, isTail: Bool, into record: inout FieldRecord) -> FieldReading
}

/// The result of reading a line.
enum FieldReading {
    case fields
    /// A comment or a header, not a record.
    case nothing
    case refused(Problem)
}
