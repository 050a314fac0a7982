import VarveDisk

/// Standard output, written in large pieces. One command runs per process, on one task at a time.
final class Output {
    nonisolated(unsafe) static let standard = Output(.standardOutput)

    private let sink: ByteSink
    private var buffer: [UInt8] = []
    private static let size = 1 << 16

    private init(_ sink: ByteSink) {
        self.sink = sink
    }

    var isTerminal: Bool { sink.isTerminal }

    func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.size { try flush() }
    }

    /// Writes `text` and the end of the line.
    func line(_ text: String = "") throws {
        try write(text + "\n")
    }

    func write(_ bytes: [UInt8]) throws {
        if bytes.count >= Self.size {
            try flush()
            try send(bytes)
        } else {
            buffer += bytes
            if buffer.count >= Self.size { try flush() }
        }
    }

    func flush() throws {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        try send(buffer)
    }

    /// Whole characters: nothing above this writes less.
    private func send(_ bytes: [UInt8]) throws {
        try (isTerminal ? SafeText.escapeForTerminal(bytes) : bytes).withUnsafeBytes { try sink.write($0) }
    }

    /// Writes to standard error at once. What cannot be said there cannot be said.
    static func error(_ text: String) {
        let bytes = Array(SafeText.escape(text, keepNewlines: true).utf8)
        bytes.withUnsafeBytes { try? ByteSink.standardError.write($0) }
    }
}
