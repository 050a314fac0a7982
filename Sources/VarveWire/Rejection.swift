/// What is wrong with a record: everything of a `Rejection` but its place.
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

/// A record that did not become an event, with all that is needed to repair it and send it again.
public struct Rejection: Hashable, Sendable {
    /// The line where the record starts, from 1.
    public let line: Int
    /// Where the record starts in the (unpacked) input.
    public let byteOffset: UInt64
    /// How long the record is, its newline not counted. More than `bytes` only for `lineTooLong`.
    public let byteCount: UInt64
    /// The record as it came, without its newline; of `lineTooLong` its head.
    public let bytes: [UInt8]
    public let reason: RejectionReason
    /// One sentence: what is wrong.
    public let message: String
    /// What to do about it, where that can be guessed.
    public let hint: String?
    /// The last bytes of a record of which `bytes` is only the head.
    public var tail: [UInt8] = []

    /// `access.log:8899: the request is not closed by a quote; …`
    public func description(file: String) -> String {
        "\(file):\(line): \(message)" + (hint.map { "; \($0)" } ?? "")
    }

    /// The line of the dead-letter file, newline included:
    /// `{"file":…,"line":…,"offset":…,"reason":…,"message":…,"hint":…,"text":…}`, with `bytes_base64` for `text` where the
    /// bytes are no UTF-8, and `byte_count` and `tail` where not all of them were kept.
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
    /// An event that was read, and refused for its fields.
    public init(field message: String, line: Int, byteOffset: UInt64, bytes: [UInt8]) {
        self.init(
            line: line, byteOffset: byteOffset, byteCount: UInt64(bytes.count), bytes: bytes, reason: .badField,
            message: message, hint: "varve catalog show SIGNAL says what they are; --policy lenient keeps it")
    }
}

extension JSONWriter {
    /// A member with these bytes: as text where they are UTF-8, else under another name in base64.
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
