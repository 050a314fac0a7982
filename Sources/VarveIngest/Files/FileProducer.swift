internal import VarveHash

/// Files that number their appends by their own lines, so that a file which is ingested again appends only what is missing, with
/// or without ids. A file is known by what it holds, unpacked: a copy that was renamed, packed, completed or that has grown goes
/// on where the log stops (docs/decisions/0060).
public struct FileProducer: Hashable, Sendable {
    /// Whose files they are.
    public var name: String
    /// What decides which lines are taken and as what: with other options the files are other inputs.
    public var reading: String

    public init(name: String, reading: String) {
        self.name = name
        self.reading = reading
    }

    /// The number of the content whose lines have this hash. `slot` tells contents apart that begin alike.
    func number(_ content: UInt64, slot: Int = 0) -> UInt64 {
        max(1, IngestKey.number("varve file \(reading)\u{0}\(name)\u{0}\(content)\u{0}\(slot)"))
    }
}

/// The hash of an input's lines, from the first on, at the end of each line.
struct LineHashes: Sendable {
    private(set) var lines = 0
    /// The hash of all whole lines so far.
    private(set) var hash: UInt64 = 0
    /// Bytes of the whole lines so far.
    private(set) var bytes = 0
    /// The beginning of the line that has not ended yet.
    private var open: [UInt8] = []

    /// Takes bytes; calls `onLine` at the end of each line, when `lines` and `hash` cover it.
    mutating func add(_ raw: UnsafeRawBufferPointer, _ onLine: (LineHashes) -> Bool) {
        var start = 0
        while start < raw.count {
            let rest = UnsafeRawBufferPointer(rebasing: raw[start...])
            guard let end = rest.firstIndex(of: 0x0A) else {
                open.append(contentsOf: rest)
                // A line without end is hashed in pieces, so that it takes no memory.
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

    /// The input has ended: what stands behind the last newline is a line too. False when there is nothing.
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
