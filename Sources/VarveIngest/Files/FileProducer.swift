internal import VarveHash

/// Files that number their appends by line, so that re-ingesting a file appends only what is missing, with or without ids. A
/// file is identified by its uncompressed content: a copy that was renamed, compressed, completed or that has grown continues
/// where the log stops (docs/decisions/0060).
public struct FileProducer: Hashable, Sendable {
    /// The producer's name.
    public var name: String
    /// Everything that decides which lines are accepted and as what: with other options a file counts as a different input.
    public var reading: String

    public init(name: String, reading: String) {
        self.name = name
        self.reading = reading
    }

    /// The number of the content whose first lines have this hash. `slot` distinguishes contents with the same beginning.
    func number(_ content: UInt64, slot: Int = 0) -> UInt64 {
        max(1, IngestKey.number("varve file \(reading)\u{0}\(name)\u{0}\(content)\u{0}\(slot)"))
    }
}

/// The running hash of an input's lines, from the first on.
struct LineHashes: Sendable {
    private(set) var lines = 0
    /// The hash of all complete lines so far.
    private(set) var hash: UInt64 = 0
    /// The size of the complete lines so far, in bytes.
    private(set) var bytes = 0
    /// The incomplete last line.
    private var open: [UInt8] = []

    /// Adds bytes; calls `onLine` at the end of each line, when `lines` and `hash` include it.
    mutating func add(_ raw: UnsafeRawBufferPointer, _ onLine: (LineHashes) -> Bool) {
        var start = 0
        while start < raw.count {
            let rest = UnsafeRawBufferPointer(rebasing: raw[start...])
            guard let end = rest.firstIndex(of: 0x0A) else {
                open.append(contentsOf: rest)
                // A very long line is hashed in pieces, to bound memory.
                if open.count > Self.pieceMax { hashOpen() }
                return
            }
            let line = UnsafeRawBufferPointer(rebasing: rest[..<end])
            if open.isEmpty {
                hash = XXH3.hash64(line, seed: hash)
            } else {
                open.append(contentsOf: line)
                hashOpen()
            }
            lines += 1
            bytes += end + 1
            start += end + 1
            if !onLine(self) { return }
        }
    }

    /// Ends the input: an unterminated last line counts as a line. False if there is none.
    mutating func finish() -> Bool {
        guard !open.isEmpty else { return false }
        hashOpen()
        lines += 1
        return true
    }

    private mutating func hashOpen() {
        hash = open.withUnsafeBytes { XXH3.hash64($0, seed: hash) }
        open.removeAll(keepingCapacity: true)
    }

    private static let pieceMax = 1 << 20
}
