internal import VarveDisk
internal import VarveWire

/// By what numbers a file appends, and how much of it the log has already.
struct FileIdentity: Sendable {
    /// The number of what begins like this file.
    var producer: UInt64 = 0
    /// Of a file that is shorter than what a file is known by, the number of each of its lines, from the first on: then a
    /// copy of it that is cut, or that has grown, is known by the lines that they share.
    var lineProducers: [UInt64] = []
    var known: KnownAppends?
    /// The log has more of this content than the file holds.
    var isShorter = false

    /// A file is known by its first line and what follows it, up to this many bytes and lines.
    static let prefixBytes = 1_024
    static let prefixLines = 64
    /// Contents that begin alike and go on in different ways are told apart up to this many.
    static let slotsMax = 1_024

    /// Reads the beginning of the file, and as far as the log has it. Blocks the thread.
    static func find(
        _ path: String, _ producer: FileProducer, latest: (UInt64) -> KnownAppends?
    ) throws -> FileIdentity {
        guard try RealDisk().kind(path) == .file else {
            throw IngestError(.notRepeatable, "the lines of this input cannot be counted again: it is no file", place: path)
        }
        var scan = PrefixScan(path)
        try scan.readPrefix()
        var identity = FileIdentity()
        if scan.hasEnded { identity.lineProducers = scan.prefix.map { producer.number($0) } }
        guard let whole = scan.prefix.last else { return identity }
        identity.producer = producer.number(whole)
        for slot in 0..<slotsMax {
            let number = producer.number(whole, slot: slot)
            identity.producer = number
            guard let known = latest(number) else { break }
            guard let check = try scan.check(atLine: known.number.line) else {
                // What the log has beyond the end of this file cannot be compared.
                identity.known = known
                identity.isShorter = true
                return identity
            }
            if check == known.number.check || scan.isPrefix(line: known.number.line) {
                identity.known = known
                return identity
            }
        }
        // Nothing of a file that begins like this one as far as it is read; of a shorter one perhaps.
        for line in scan.prefix.dropLast().reversed() {
            identity.known = latest(producer.number(line))
            if identity.known != nil { break }
        }
        return identity
    }
}

/// Reads a file's unpacked lines from the first on.
private struct PrefixScan {
    /// The hash at the end of each line of the prefix.
    private(set) var prefix: [UInt64] = []
    /// Whether the file holds no more than the prefix.
    private(set) var hasEnded = false
    private let path: String
    /// Checks by line, as far as they were asked for.
    private var checks: [Int: UInt64] = [:]

    init(_ path: String) {
        self.path = path
    }

    mutating func readPrefix() throws {
        var firstLine: Int?
        var found: [UInt64] = []
        let ended = try read { hashes in
            let first = firstLine ?? hashes.bytes
            firstLine = first
            guard found.isEmpty || hashes.bytes <= first + FileIdentity.prefixBytes else { return false }
            found.append(hashes.hash)
            return found.count < FileIdentity.prefixLines
        }
        prefix = found
        hasEnded = ended
    }

    func isPrefix(line: Int) -> Bool { line <= prefix.count }

    /// The check at the end of a line; nil when the file has fewer lines.
    mutating func check(atLine line: Int) throws -> UInt64? {
        if line <= prefix.count { return line > 0 ? prefix[line - 1] & AppendNumber.checkMask : 0 }
        if let check = checks[line] { return check }
        var found: UInt64?
        _ = try read { hashes in
            guard hashes.lines == line else { return true }
            found = hashes.hash & AppendNumber.checkMask
            return false
        }
        checks[line] = found
        return found
    }

    /// Calls `onLine` at the end of each line until it says no. True when the file ended before. What cannot be unpacked any more
    /// is an end too: it is told of when the file is ingested.
    private func read(_ onLine: (LineHashes) -> Bool) throws -> Bool {
        let source = try InputSource.open(path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var hashes = LineHashes()
        var goesOn = true
        while goesOn {
            let fill: InputSource.Fill
            do throws(InputError) {
                fill = try source.read(into: buffer)
            } catch {
                if error.code == .io { throw error }
                return true
            }
            guard case .bytes(let count) = fill else { break }
            hashes.add(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                goesOn = onLine($0)
                return goesOn
            }
        }
        guard goesOn else { return false }
        if hashes.finish() { return onLine(hashes) || true }
        return true
    }
}
