/// What is wrong with a record: a `Rejection` without its location.
struct Problem: Hashable, Sendable {
    var reason: RejectionReason
    var message: String
    var hint: String?

    init(_ reason: RejectionReason, _ message: String, hint: String? = nil) {
        self.reason = reason
        self.message = message
        self.hint = hint
    }
}

/// A record that did not become an event, with everything needed to correct and resend it.
public struct Rejection: Hashable, Sendable {
    /// The line where the record starts, from 1.
    public let line: Int
    /// The position of the record in the uncompressed input.
    public let byteOffset: UInt64
    /// The length of the record, without its newline. More than `bytes` only for `lineTooLong`.
    public let byteCount: UInt64
    /// The original record, without its newline; for `lineTooLong` only its beginning.
    public let bytes: [UInt8]
    public let reason: RejectionReason
    /// What is wrong, as one sentence.
    public let message: String
    /// What to do about it, if that can be guessed.
    public let hint: String?
    /// The last bytes of a record of which `bytes` is only the beginning.
    public var tail: [UInt8] = []
    /// Whether `line` is the number of a record, of JSON that was cut into lines.
    public var countsRecords = false

    /// `access.log:8899: the request is not closed by a quote; …`, or `events.json: record 7: …`
    public func description(file: String) -> String {
        "\(place(file: file)): \(message)" + (hint.map { "; \($0)" } ?? "")
    }

    /// `access.log:8899`, or `events.json: record 7`
    public func place(file: String) -> String { countsRecords ? "\(file): record \(line)" : "\(file):\(line)" }

    /// The line of the dead-letter file, including the newline:
    /// `{"file":…,"line":…,"offset":…,"reason":…,"message":…,"hint":…,"text":…}`, with `bytes_base64` instead of `text` if the
    /// bytes are not UTF-8, and `byte_count` and `tail` if the record was truncated.
    public func deadLetter(file: String) -> [UInt8] {
        var line = JSONWriter()
        line.raw("{\"file\":")
        line.string(file)
        line.raw(",\"line\":\(self.line),\"offset\":\(byteOffset),\"reason\":\"\(reason.rawValue)\",\"message\":")
        line.string(message)
        if let hint {
            line.raw(",\"hint\":")
            line.string(hint)
        }
        if byteCount != UInt64(bytes.count) { line.raw(",\"byte_count\":\(byteCount)") }
        line.field("text", or: "bytes_base64", bytes)
        if !tail.isEmpty { line.field("tail", or: "tail_base64", tail) }
        line.raw("}\n")
        return line.bytes
    }
}

extension Rejection {
    /// An event that was decoded, and refused for its fields.
    public init(
        field message: String, line: Int, byteOffset: UInt64, bytes: [UInt8],
        hint: String = "varve catalog show SIGNAL says what they are; --policy lenient keeps it"
    ) {
        self.init(
            line: line, byteOffset: byteOffset, byteCount: UInt64(bytes.count), bytes: bytes, reason: .badField,
            message: message, hint: hint)
    }
}

extension JSONWriter {
    /// Adds a member with these bytes: as text if they are UTF-8, otherwise under another name in base64.
    fileprivate mutating func field(_ name: StaticString, or other: StaticString, _ bytes: [UInt8]) {
        if String(validating: bytes, as: UTF8.self) != nil {
            raw(",\"\(name)\":")
            bytes.withUnsafeBytes { string(utf8: $0) }
        } else {
            raw(",\"\(other)\":\"")
            base64(bytes)
            raw("\"")
        }
    }
}
