/// Checks (hashes of all lines up to each line) of an input, kept until they are taken.
struct LineChecks: Sendable {
    private(set) var hashes = LineHashes()
    /// The checks of the lines from `firstLine` on.
    private var checks: [UInt64] = []
    private var firstLine = 1

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
        checks.removeFirst(line - firstLine)
        firstLine = line
        return check
    }
}
