/// Checks (hashes of all lines up to each line) of an input, kept until they are taken.
struct LineChecks: Sendable {
    private(set) var hashes = LineHashes()
    /// The checks of the lines from `firstLine` on.
    private var checks: [UInt64] = []
    private var firstLine = 1
    private let waitingMax: Int

    /// - Parameter waitingMax: How many lines may stand behind each other of which none is a record's: each is kept.
    init(waitingMax: Int = 4 << 20) { self.waitingMax = waitingMax }

    /// Whether more lines than that wait to be taken.
    var isFull: Bool { checks.count > waitingMax }

    /// Adds bytes; calls `onLine` at the end of each line.
    mutating func add(_ bytes: UnsafeRawBufferPointer, _ onLine: (LineHashes) -> Void = { _ in }) {
        hashes.add(bytes) {
            checks.append($0.hash)
            onLine($0)
            return true
        }
    }

    /// Ends the input: an unterminated last line counts as a line. False if there is none.
    mutating func finish() -> Bool {
        guard hashes.finish() else { return false }
        checks.append(hashes.hash)
        return true
    }

    /// The check at the end of a line; drops the checks of earlier lines. 0 if lines are not counted, or not delimited by
    /// newlines.
    mutating func take(upTo line: Int?) -> UInt64 {
        guard let line, line >= firstLine, checks.indices.contains(line - firstLine) else { return 0 }
        let check = checks[line - firstLine]
        drop(before: line)
        return check
    }

    /// Drops the checks of lines before `line`: none of them is taken any more.
    mutating func drop(before line: Int) {
        guard line > firstLine, checks.indices.contains(line - firstLine) else { return }
        checks.removeFirst(line - firstLine)
        firstLine = line
    }
}
