import VarveDisk

/// Standard output, buffered in large pieces. A process runs one command, in one task at a time.
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

    /// Writes `text` and a newline.
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

    /// Writes whole characters only: callers never write less.
    private func send(_ bytes: [UInt8]) throws {
        try (isTerminal ? SafeText.escapeForTerminal(bytes) : bytes).withUnsafeBytes { try sink.write($0) }
    }

    /// Writes to standard error, unbuffered. Errors are ignored: there is nowhere to report them.
    static func error(_ text: String) {
        let bytes = Array(SafeText.escape(text, keepNewlines: true).utf8)
        bytes.withUnsafeBytes { try? ByteSink.standardError.write($0) }
    }
}
