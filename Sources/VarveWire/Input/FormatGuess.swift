/// The likely format of an input, detected from its first lines.
public struct FormatGuess: Hashable, Sendable {
    public let format: InputFormat
    /// `an access log`
    public let what: String

    /// The command line option for it.
    public var option: String {
        format == .csv ? "--format csv --map MAP.yaml (without --map, a mapping is proposed)" : "--format \(format.rawValue)"
    }

    /// `this looks like an access log: --format combined`
    public var hint: String { "this looks like \(what): \(option)" }

    /// The number of lines examined.
    static let linesMax = 20
    private static let lineBytesMax = 64 << 10

    /// Detects the format from the first lines of `bytes`; nil if it is unknown.
    public static func guess(_ bytes: UnsafeRawBufferPointer) -> FormatGuess? {
        var lines: [UnsafeRawBufferPointer] = []
        let bytes = bytes.withoutMark
        var at = 0
        while at < bytes.count, lines.count < linesMax {
            var end = at
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            var padding = NULPadding()
            let line = padding.strip(UnsafeRawBufferPointer(rebasing: bytes[at..<end]))
            if line.contains(where: { $0 > 0x20 }), line.count <= lineBytesMax { lines.append(line) }
            at = end + 1
        }
        // The last line may be truncated.
        if lines.count > 1, bytes.last != 0x0A { lines.removeLast() }
        guard let first = lines.first else { return nil }
        if first.starts(with: "#separator".utf8) || first.starts(with: "#fields\t".utf8) {
            return FormatGuess(format: .zeek, what: "a log of Zeek")
        }
        if first.starts(with: "#Version:".utf8) || first.starts(with: "#Software:".utf8) || first.starts(with: "#Fields:".utf8) {
            return FormatGuess(format: .w3c, what: "a W3C extended log file")
        }
        let lead = first.first { $0 > 0x20 }
        if lead == 0x7B, let keys = JSONKeys(first) { return keys.guess }
        let guess = LineGuess(lines).guess
        // JSON with a fault is no table, however many commas it has.
        return guess?.format == .csv && (lead == 0x7B || lead == 0x5B) ? nil : guess
    }

    /// A hint for a refused line that looks like another format than the one it was read as.
    static func hint(_ line: UnsafeRawBufferPointer, readAs format: InputFormat) -> String? {
        guard line.count <= lineBytesMax, let guess = guess(line), guess.format != format, guess.format != .csv
        else { return nil }
        return guess.hint
    }
}

/// Detection by the keys of a JSON object.
private struct JSONKeys {
    private let keys: Set<String>

    /// Nil if the line is not a JSON object. The line is copied, because the parser reads past its end.
    init?(_ line: UnsafeRawBufferPointer) {
        var record = FieldRecord(names: [], keepsRest: true)
        var reader = JSONFieldReader()
        let copy = [UInt8](unsafeUninitializedCapacity: line.count + ByteWindow.margin) { room, count in
            room.initialize(repeating: 0)
            UnsafeMutableRawBufferPointer(room).copyMemory(from: line)
            count = line.count + ByteWindow.margin
        }
        let isObject = copy.withUnsafeBytes { bytes in
            if case .fields = reader.read(UnsafeRawBufferPointer(rebasing: bytes[..<line.count]), isTail: true, into: &record) {
                return true
            }
            return false
        }
        guard isObject else { return nil }
        keys = Set(record.rest.map { String(decoding: $0.name, as: UTF8.self) })
    }

    private func has(_ names: String...) -> Bool { names.allSatisfy { keys.contains($0) } }

    var guess: FormatGuess? {
        if has("signal"), has("time") || has("ts") { return FormatGuess(format: .ndjson, what: "events in NDJSON") }
        if has("__REALTIME_TIMESTAMP") { return FormatGuess(format: .journald, what: "journald's JSON") }
        if has("log", "stream", "time") { return FormatGuess(format: .docker, what: "Docker's json-file") }
        if has("ts", "request.uri") { return FormatGuess(format: .caddy, what: "Caddy's access log") }
        if has("RequestMethod", "DownstreamStatus") { return FormatGuess(format: .traefik, what: "Traefik's access log") }
        if has("EdgeStartTimestamp") { return FormatGuess(format: .cloudflare, what: "Cloudflare's requests") }
        if has("ts", "uid") || has("ts", "_path") { return FormatGuess(format: .zeek, what: "a log of Zeek") }
        if has("@timestamp") { return FormatGuess(format: .ecs, what: "records of the Elastic Common Schema") }
        if has("v", "name", "pid", "msg", "time") { return FormatGuess(format: .bunyan, what: "bunyan's log") }
        if has("level", "pid", "time") { return FormatGuess(format: .pino, what: "pino's log") }
        if has("ts", "level", "msg") { return FormatGuess(format: .zap, what: "zap's log") }
        if has("level"), has("msg") || has("message") || has("event"), has("time") || has("timestamp") {
            return FormatGuess(format: .zap, what: "a logger's JSON with level, message and time")
        }
        return FormatGuess(format: .ndjson, what: "NDJSON")
    }
}

/// Detection by which formats the lines match: all of them, or four in five.
private struct LineGuess {
    private let lines: [UnsafeRawBufferPointer]

    init(_ lines: [UnsafeRawBufferPointer]) {
        self.lines = lines
    }

    var guess: FormatGuess? {
        for layout in AccessLogLayout.all where fits({ LineFields.fits($0, layout) }) {
            return FormatGuess(format: layout.format, what: "an access log")
        }
        for (reader, format, what) in [
            (CRIReader() as any FieldReader, InputFormat.cri, "containers' logs of Kubernetes"),
            (SyslogReader(), .syslog, "syslog"),
        ] where fits({ reads($0, reader) }) {
            return FormatGuess(format: format, what: what)
        }
        if fits({ reads($0, LogfmtReader()) && $0.count(where: { $0 == 0x3D }) >= 2 }) {
            return FormatGuess(format: .logfmt, what: "logfmt")
        }
        return isCSV ? FormatGuess(format: .csv, what: "CSV") : nil
    }

    private func fits(_ test: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        lines.count(where: test) * 5 >= lines.count * 4
    }

    private func reads(_ line: UnsafeRawBufferPointer, _ reader: any FieldReader) -> Bool {
        var reader = reader
        var record = FieldRecord(names: [], keepsRest: true)
        if case .fields = reader.read(line, isTail: true, into: &record) { return true }
        return false
    }

    /// A header and a record with the same number of separators, at least one.
    private var isCSV: Bool {
        guard lines.count >= 2 else { return false }
        return [UInt8(0x2C), 0x3B, 0x09, 0x7C].contains { separator in
            let columns = lines[0].count { $0 == separator }
            return columns > 0
                && lines.dropFirst().prefix(3).allSatisfy { line in
                    line.contains(0x22) || line.count { $0 == separator } == columns
                }
        }
    }
}
