/// What a server answers: a code of three digits, and lines of text.
struct SMTPReply: Hashable, Sendable {
    var code: Int
    var lines: [String]

    var isPositive: Bool { (200...399).contains(code) }
    var isTransient: Bool { (400...499).contains(code) }
}

/// Puts lines together to replies. Whatever comes, it keeps no more than a reply's bytes.
struct SMTPReplyReader: Sendable {
    struct Fault: Error, Sendable {}

    private static let lineMax = 2_048
    private static let linesMax = 128

    private var line: [UInt8] = []
    private var code: Int?
    private var lines: [String] = []

    /// Whether nothing is left of what came.
    var isEmpty: Bool { line.isEmpty && code == nil }

    /// Takes a byte. Returns the reply that it ends.
    mutating func add(_ byte: UInt8) throws(Fault) -> SMTPReply? {
        guard byte == 0x0A else {
            guard line.count < Self.lineMax else { throw Fault() }
            line.append(byte)
            return nil
        }
        if line.last == 0x0D { line.removeLast() }
        defer { line = [] }
        guard line.count >= 3, let number = Int(String(decoding: line.prefix(3), as: UTF8.self)), (200...599).contains(number)
        else { throw Fault() }
        let mark = line.count > 3 ? line[3] : 0x20
        guard mark == 0x20 || mark == 0x2D, code == nil || code == number, lines.count < Self.linesMax else { throw Fault() }
        code = number
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        guard mark == 0x20 else { return nil }
        let reply = SMTPReply(code: number, lines: lines)
        (code, lines) = (nil, [])
        return reply
    }
}
