/// NUL bytes that a crash, or a truncated file that is still being written, leaves in place of lines. They are not records:
/// they are skipped before and after a line's text, and counted.
struct NULPadding {
    private(set) var bytes: UInt64 = 0
    /// The number of NUL bytes before the text of the last line.
    private(set) var front = 0

    /// The line without them. NUL bytes before a control character are not padding but the beginning of a binary file.
    mutating func strip(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        front = 0
        guard line.first == 0 || line.last == 0 else { return line }
        let start = line.firstIndex { $0 != 0 } ?? line.count
        if start < line.count, line[start] < 0x20, line[start] != 0x0D { return line }
        var end = line.count
        while end > start, line[end - 1] == 0 { end -= 1 }
        front = start
        bytes += UInt64(line.count - (end - start))
        return UnsafeRawBufferPointer(rebasing: line[start..<end])
    }
}
