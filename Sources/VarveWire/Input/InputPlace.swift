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

/// The kind of a file by its first bytes, to help users who name the wrong one.
struct FileKind {
    let hint: String?

    init(_ bytes: UnsafeRawBufferPointer) {
        let kinds: [([UInt8], String)] = [
            ([0x1F, 0x8B], "it looks like gzip: give it the suffix .gz"),
            ([0x28, 0xB5, 0x2F, 0xFD], "it looks like zstd: unpack it first"),
            ([0x50, 0x4B, 0x03, 0x04], "it looks like a zip archive: unpack it first"),
            ([0xFF, 0xFE], "it looks like UTF-16: --encoding utf-16"),
            ([0xFE, 0xFF], "it looks like UTF-16: --encoding utf-16"),
            ([0x7F, 0x45, 0x4C, 0x46], "it looks like a program"),
            ([0x50, 0x41, 0x52, 0x31], "it looks like Parquet"),
            ([0x25, 0x50, 0x44, 0x46], "it looks like a PDF"),
            ([0x89, 0x50, 0x4E, 0x47], "it looks like a PNG image"),
        ]
        hint = kinds.first { bytes.starts(with: $0.0) }?.1
    }
}
