/// What a file that is no text is, by its first bytes.
public struct FileKind: Hashable, Sendable {
    /// `xz data`
    public let what: String
    /// The command that writes its text to standard output, with FILE for its path; nil if there is none.
    let command: String?
    /// What to do instead.
    let advice: String?
    /// Whether the command cannot read its standard input.
    private let needsFile: Bool
    fileprivate let magic: [UInt8]

    var isGzip: Bool { magic == Self.gzip }
    /// Whether nothing in it can be a line of text, so that it is refused as a whole.
    public var isRefused: Bool { command != nil || advice != nil && !isUTF16 }
    private var isUTF16: Bool { magic == [0xFF, 0xFE] || magic == [0xFE, 0xFF] }

    /// A hint for a record with such bytes.
    var hint: String { "it looks like \(what)" + ((advice ?? command).map { ": \($0)" } ?? "") }

    /// Why a file cannot be read as it is, and what to do.
    ///
    /// - Parameter path: Its path; `-` is standard input.
    public func refusal(_ path: String) -> String {
        guard let command else { return "this is \(what), not text" + (advice.map { ": \($0)" } ?? "") }
        let use =
            switch path {
            case "-" where needsFile: "save it as FILE, and use: \(command)"
            case "-": "use: … | \(piped)"
            default: "use: " + command.replacing("FILE", with: path)
            }
        return "this is \(what), which Varve does not unpack; \(use) | varve ingest -"
    }

    /// The same for what a gzip file at `path` contains.
    func refusal(inside path: String) -> String {
        guard let command else { return "is \(what), not text" + (advice.map { ": \($0)" } ?? "") }
        let first = path == "-" ? "… | gzip -dc" : "gzip -dc \(path)"
        if needsFile { return "is \(what); use: \(first) > FILE; \(command) | varve ingest -" }
        return "is \(what); use: \(first) | \(piped) | varve ingest -"
    }

    /// The command that reads its standard input.
    private var piped: String { (command ?? "").replacing(" FILE", with: magic == Self.tar.magic ? " -" : "") }

    private static let gzip: [UInt8] = [0x1F, 0x8B, 0x08]

    private init(
        _ what: String, _ magic: [UInt8], command: String? = nil, needsFile: Bool = false, advice: String? = nil
    ) {
        self.what = what
        self.needsFile = needsFile
        self.magic = magic
        self.command = command
        self.advice = advice
    }

    private init(_ what: String, _ magic: String, command: String? = nil, needsFile: Bool = false, advice: String? = nil) {
        self.init(what, Array(magic.utf8), command: command, needsFile: needsFile, advice: advice)
    }

    private static let packed: [FileKind] = [
        FileKind("gzip data", gzip, command: "gzip -dc FILE"),
        FileKind("xz data", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], command: "xz -dc FILE"),
        FileKind("zstd data", [0x28, 0xB5, 0x2F, 0xFD], command: "zstd -dc FILE"),
        FileKind("bzip2 data", "BZh", command: "bzip2 -dc FILE"),
        FileKind("LZ4 data", [0x04, 0x22, 0x4D, 0x18], command: "lz4 -dc FILE"),
        FileKind("lzip data", "LZIP\u{1}", command: "lzip -dc FILE"),
        FileKind("a zip archive", "PK\u{3}\u{4}", command: "unzip -p FILE", needsFile: true),
        FileKind("a 7-Zip archive", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], command: "7z x -so FILE", needsFile: true),
        FileKind("data of compress", [0x1F, 0x9D], command: "gzip -dc FILE"),
    ]
    private static let known: [FileKind] = packed + others
    private static let others: [FileKind] = [
        FileKind("UTF-16", [0xFF, 0xFE], advice: "--encoding utf-16"),
        FileKind("UTF-16", [0xFE, 0xFF], advice: "--encoding utf-16"),
        FileKind("a program", [0x7F, 0x45, 0x4C, 0x46]),
        FileKind("Parquet", "PAR1\u{15}", advice: "write its rows as CSV or NDJSON first"),
        FileKind("a SQLite database", "SQLite format 3\0", advice: "write its rows as CSV or NDJSON first"),
        FileKind("Avro", "Obj\u{1}", advice: "write its records as NDJSON first"),
        FileKind("a PDF", "%PDF-"), FileKind("a PNG image", [0x89, 0x50, 0x4E, 0x47]),
    ]
    private static let tar = FileKind("a tar archive", "ustar", command: "tar -xOf FILE")
    private static let tarPlace = 257

    /// The kind of a file that begins with `bytes`; nil for text.
    public static func of(_ bytes: UnsafeRawBufferPointer) -> FileKind? {
        if let kind = known.first(where: { bytes.starts(with: $0.magic) }) {
            // The digit is the size of a block, and the first of them follows, or none.
            return kind.what != "bzip2 data" || isBzip2(bytes) ? kind : nil
        }
        let hasTar = bytes.count >= tarPlace + 5 && bytes[tarPlace...].starts(with: tar.magic)
        return hasTar ? tar : nil
    }

    /// The hint for a record that is not UTF-8.
    static func hintOfEncoding(_ record: UnsafeRawBufferPointer) -> String {
        of(record)?.hint ?? "if it is text in another encoding: --encoding latin1, or windows-1252"
    }

    /// Whether more bytes are needed to tell the kind.
    static func needsMore(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.starts(with: Array("BZh".utf8)) { return bytes.count < 10 }
        return known.contains { bytes.count < $0.magic.count && $0.magic.starts(with: bytes) }
    }

    private static func isBzip2(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 10, bytes[3] &- 0x31 < 9 else { return false }
        let rest = bytes[4...]
        return rest.starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) || rest.starts(with: [0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
    }
}
