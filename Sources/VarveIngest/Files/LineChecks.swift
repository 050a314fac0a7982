/// The checks of an input's lines, from the first on, until they are asked for: hashes of all lines up to each.
struct LineChecks: Sendable {
    private(set) var hashes = LineHashes()
    /// The checks of the lines from `firstLine` on.
    private var checks: [UInt64] = []
    private var firstLine = 1

    /// Takes bytes; calls `onLine` at the end of each line.
    mutating func add(_ bytes: UnsafeRawBufferPointer, _ onLine: (LineHashes) -> Void = { _ in }) {
        hashes.add(bytes) {
            checks.append($0.hash)
            onLine($0)
            return true
        }
    }

    /// The input has ended: what stands behind the last newline is a line too. False when there is nothing.
    mutating func finish() -> Bool {
        guard hashes.finish() else { return false }
        checks.append(hashes.hash)
        return true
    }

    /// The check at the end of a line; those of the lines before it are not needed any more. 0 where lines are not counted, or
    /// in other ways than by newlines.
    mutating func take(upTo line: Int?) -> UInt64 {
        guard let line, line >= firstLine, checks.indices.contains(line - firstLine) else { return 0 }
        let check = checks[line - firstLine]
        checks.removeFirst(line - firstLine)
        firstLine = line
        return check
    }
}
