internal import VarveDisk
internal import VarveWire

/// The producer number of a file's appends, and how much of the file is already in the log.
struct FileIdentity: Sendable {
    /// The producer number, derived from the file's beginning.
    var producer: UInt64 = 0
    /// For a file that is shorter than the identifying prefix, one number per line, from the first line on: a truncated or
    /// grown copy of it is recognised by the lines that they share.
    var lineProducers: [UInt64] = []
    var known: KnownAppends?
    /// Whether the log has more of this content than the file.
    var isShorter = false

    /// A file is identified by its first line and the following lines, up to this many bytes and lines.
    static let prefixBytes = 1_024
    static let prefixLines = 64
    /// The maximum number of different contents with the same beginning that can be distinguished.
    static let slotsMax = 1_024

    /// Reads the beginning of the file, and the part that the log has. Blocks the thread.
    static func find(
        _ path: String, _ producer: FileProducer, cutsJSON: Bool, latest: (UInt64) -> KnownAppends?
    ) throws -> FileIdentity {
        guard try RealDisk().kind(path) == .file else {
            throw IngestError(.notRepeatable, "this input cannot be read twice: it is not a file", place: path)
        }
        var scan = PrefixScan(path, cutsJSON: cutsJSON)
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
                // Content in the log beyond the end of this file cannot be compared.
                identity.known = known
                identity.isShorter = true
                return identity
            }
            if check == known.number.check || scan.isPrefix(line: known.number.line) {
                identity.known = known
                return identity
            }
        }
        // No file with this complete prefix is known; a shorter copy of it may be.
        for line in scan.prefix.dropLast().reversed() {
            identity.known = latest(producer.number(line))
            if identity.known != nil { break }
        }
        return identity
    }
}

/// Reads the uncompressed lines of a file from the first on.
private struct PrefixScan {
    /// The hash at the end of each line of the prefix.
    private(set) var prefix: [UInt64] = []
    /// Whether the file is no longer than the prefix.
    private(set) var hasEnded = false
    private let path: String
    private let cutsJSON: Bool
    /// The checks that were requested, by line.
    private var checks: [Int: UInt64] = [:]

    init(_ path: String, cutsJSON: Bool) {
        self.path = path
        self.cutsJSON = cutsJSON
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

    /// Calls `onLine` at the end of each line until it returns false. Returns true if the file ended first. A decompression
    /// error counts as the end; the ingest reports it later.
    private func read(_ onLine: (LineHashes) -> Bool) throws -> Bool {
        let source = try InputSource.open(path, cutsJSON: cutsJSON)
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
