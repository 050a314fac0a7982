/// The position up to which an input has been decoded.
struct InputPlace {
    /// Completed lines, including blank ones.
    private(set) var lines = 0
    /// Consumed bytes.
    private(set) var bytes: UInt64 = 0

    mutating func advance(lines: Int, bytes: Int) {
        self.lines += lines
        self.bytes += UInt64(bytes)
    }
}

extension Rejection {
    init(
        _ problem: Problem, _ record: UnsafeRawBufferPointer, line: Int, offset: UInt64, byteCount: UInt64? = nil,
        tail: [UInt8] = []
    ) {
        self.init(
            line: line, byteOffset: offset, byteCount: byteCount ?? UInt64(record.count), bytes: Array(record),
            reason: problem.reason, message: problem.message, hint: problem.hint, tail: tail)
    }
}
