internal import VarveEvents

/// Finds the fields of one line of a format.
protocol FieldReader {
    /// Puts the fields of `line` into `record`, which is empty. Behind the line there are `ByteWindow.margin` readable bytes.
    mutating func read(_ line: UnsafeRawBufferPointer, isTail: Bool, into record: inout FieldRecord) -> FieldReading
}

/// What a line was.
enum FieldReading {
    case fields
    /// A comment or a header: no record.
    case nothing
    case refused(Problem)
}
