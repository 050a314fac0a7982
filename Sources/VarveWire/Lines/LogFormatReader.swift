/// Reads access logs in the format given in the server's configuration: nginx's `log_format` (`$remote_addr …`) or Apache's
/// `LogFormat` (`%h …`). The text between the variables must match; a variable extends to the text after it.
///
/// Known fields get the common names of access logs (`client`, `status`, `path` …); others keep their own.
struct LogFormatReader: FieldReader {
    struct Fault: Error {
        var message: String
    }

    private let pieces: [LogFormatPiece]
    private static let piecesMax = 128

    init(_ format: String) throws(Fault) {
        let utf8 = Array(format.utf8)
        guard utf8.count <= 4_096 else { throw Fault(message: "a format has at most 4096 characters") }
        pieces = utf8.contains(0x24) ? LogFormatPiece.nginx(utf8) : try LogFormatPiece.apache(utf8)
        guard pieces.count <= Self.piecesMax, pieces.contains(where: { $0.isTime }) else {
            throw Fault(message: "the format has no time: $time_local, $time_iso8601, $msec or %t")
        }
    }

    mutating func read(_ line: UnsafeRawBufferPointer, isTail: Bool, into record: inout FieldRecord) -> FieldReading {
        let end = line.last == 0x0D ? line.count - 1 : line.count
        var at = 0
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .literal(let text):
                // A truncated line may lack its last quote.
                if at == end, index == pieces.count - 1, text == [0x22] { continue }
                guard end - at >= text.count, line[at..<(at + text.count)].elementsEqual(text) else {
                    return .refused(Self.problem(piece, at))
                }
                at += text.count
            case .variable(let name):
                let next = index + 1 < pieces.count ? pieces[index + 1] : nil
                guard let stop = Self.end(of: name, line, at, end, next) else { return .refused(Self.problem(piece, at)) }
                AccessFields.set(name, UnsafeRawBufferPointer(rebasing: line[at..<stop]), &record)
                at = stop
            }
        }
        while at < end, line[at] == 0x20 { at += 1 }
        guard at == end else {
            return .refused(
                Problem(.syntax, "the line is not as the format says: something follows the last field, at byte \(at)"))
        }
        return .fields
    }

    private static func problem(_ piece: LogFormatPiece, _ at: Int) -> Problem {
        Problem(.syntax, "the line is not as the format says: \(piece.name) is missing at byte \(at)")
    }

    /// The end of a variable: before the text that follows it. In quotes a backslash escapes the next byte. A client contains
    /// no blank.
    private static func end(
        of name: String, _ line: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ next: LogFormatPiece?
    ) -> Int? {
        guard case .literal(let text)? = next, let first = text.first else { return end }
        var at = start
        while at < end {
            if first == 0x22, line[at] == 0x5C {
                at += 2
                continue
            }
            if line[at] == first, end - at >= text.count, line[at..<(at + text.count)].elementsEqual(text) { break }
            at += 1
        }
        at = min(at, end)
        guard at < end || text == [0x22] else { return nil }
        if name == "client" || name == "host" {
            guard !line[start..<at].contains(0x20), !line[start..<at].contains(0x2C) else { return nil }
        }
        return at
    }
}

/// A part of an access log's format.
enum LogFormatPiece: Hashable {
    case literal([UInt8])
    case variable(String)

    var name: String {
        switch self {
        case .literal(let text): "\"\(String(decoding: text, as: UTF8.self))\""
        case .variable(let name): name
        }
    }

    var isTime: Bool {
        if case .variable(let name) = self { ["time", "time_iso8601", "msec", "time_s"].contains(name) } else { false }
    }

    /// nginx's names and ours.
    private static let nginxNames: [String: String] = [
        "remote_addr": "client", "remote_user": "user", "time_local": "time", "request": "request", "status": "status",
        "body_bytes_sent": "bytes", "bytes_sent": "bytes", "http_referer": "referer", "http_user_agent": "user_agent",
        "http_x_forwarded_for": "forwarded_for", "host": "host", "http_host": "host", "server_name": "host",
        "request_method": "method", "request_uri": "target", "uri": "path", "args": "query", "query_string": "query",
        "server_protocol": "protocol", "request_time": "request_time_s", "upstream_response_time": "upstream_time_s",
        "request_length": "request_bytes", "request_id": "request_id", "msec": "msec", "time_iso8601": "time_iso8601",
    ]

    static func nginx(_ format: [UInt8]) -> [LogFormatPiece] {
        var pieces: [LogFormatPiece] = []
        var literal: [UInt8] = []
        var rest = format[...]
        while let byte = rest.popFirst() {
            guard byte == 0x24 else {
                literal.append(byte)
                continue
            }
            let isBraced = rest.first == 0x7B
            if isBraced { rest.removeFirst() }
            let name = rest.prefix { $0 == 0x5F || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
            rest = rest.dropFirst(name.count)
            if isBraced, rest.first == 0x7D { rest.removeFirst() }
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            let text = String(decoding: name, as: UTF8.self)
            pieces.append(.variable(nginxNames[text] ?? text))
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        return pieces
    }

    private static let apacheNames: [UInt8: String] = [
        UInt8(ascii: "h"): "client", UInt8(ascii: "a"): "client", UInt8(ascii: "l"): "ident", UInt8(ascii: "u"): "user",
        UInt8(ascii: "r"): "request", UInt8(ascii: "s"): "status", UInt8(ascii: "b"): "bytes", UInt8(ascii: "B"): "bytes",
        UInt8(ascii: "O"): "bytes", UInt8(ascii: "I"): "request_bytes", UInt8(ascii: "v"): "host", UInt8(ascii: "V"): "host",
        UInt8(ascii: "p"): "port", UInt8(ascii: "D"): "duration_us", UInt8(ascii: "T"): "request_time_s",
        UInt8(ascii: "m"): "method", UInt8(ascii: "U"): "path", UInt8(ascii: "q"): "query", UInt8(ascii: "H"): "protocol",
        UInt8(ascii: "L"): "request_id", UInt8(ascii: "P"): "pid", UInt8(ascii: "X"): "connection_status",
    ]

    private static let apacheHeaders = [
        "referer": "referer", "user-agent": "user_agent", "x-forwarded-for": "forwarded_for", "host": "host",
    ]

    static func apache(_ format: [UInt8]) throws(LogFormatReader.Fault) -> [LogFormatPiece] {
        var pieces: [LogFormatPiece] = []
        var literal: [UInt8] = []
        var rest = format[...]
        func add(_ name: String) {
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            pieces.append(.variable(name))
        }
        while let byte = rest.popFirst() {
            if byte == 0x5C, rest.first == 0x22 { continue }
            guard byte == 0x25, let next = rest.first, next != 0x25 else {
                if byte == 0x25 { rest.removeFirst() }
                literal.append(byte)
                continue
            }
            rest = rest.drop { $0 == 0x3E || $0 == 0x3C || $0 == 0x21 || $0 == 0x2C || $0 &- 0x30 < 10 }
            var argument = ""
            if rest.first == 0x7B, let close = rest.firstIndex(of: 0x7D) {
                argument = String(decoding: rest[(rest.startIndex + 1)..<close], as: UTF8.self)
                rest = rest[(close + 1)...]
            }
            guard let letter = rest.popFirst() else { throw LogFormatReader.Fault(message: "a format does not end in %") }
            switch letter {
            case UInt8(ascii: "t") where argument.isEmpty:
                literal.append(0x5B)
                add("time")
                literal.append(0x5D)
            case UInt8(ascii: "t"):
                guard argument == "sec" else {
                    throw LogFormatReader.Fault(message: "of %{…}t only %t and %{sec}t are known")
                }
                add("time_s")
            case UInt8(ascii: "i"), UInt8(ascii: "o"):
                add(apacheHeaders[argument.lowercased()] ?? "header." + argument.lowercased())
            case UInt8(ascii: "T") where argument == "us": add("duration_us")
            case UInt8(ascii: "T") where argument == "ms": add("duration_ms")
            case UInt8(ascii: "p") where !argument.isEmpty: add("port.\(argument)")
            case UInt8(ascii: "e"), UInt8(ascii: "n"), UInt8(ascii: "C"), UInt8(ascii: "x"):
                add(argument.isEmpty ? "value" : argument)
            default:
                guard let name = apacheNames[letter] else {
                    throw LogFormatReader.Fault(message: "%\(Character(Unicode.Scalar(letter))) is not known")
                }
                add(name)
            }
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        return pieces
    }
}
