/// What a listener needs to know of the messages that it passes on.
public enum ListenedMessage {
    /// The chunk that a message of Fluent's wants acknowledged; nil for none.
    public static func fluentChunk(of message: [UInt8]) -> String? {
        message.withUnsafeBytes { FluentForward.chunk(of: $0) }
    }

    /// The answer to a message of Fluent's with a chunk: `{"ack": chunk}` as MessagePack.
    public static func fluentAcknowledgement(of chunk: String) -> [UInt8] {
        let text = Array(chunk.utf8.prefix(0xFFFF))
        let head: [UInt8]
        switch text.count {
        case 0..<32: head = [0xA0 | UInt8(text.count)]
        case 32..<256: head = [0xD9, UInt8(text.count)]
        default: head = [0xDA, UInt8(text.count >> 8), UInt8(text.count & 0xFF)]
        }
        return [0x81, 0xA3] + Array("ack".utf8) + head + text
    }

    /// A message of syslog's as one of a stream: its length before it, text as UTF-8, and without NUL bytes.
    public static func syslogFrame(_ message: [UInt8]) -> [UInt8] {
        var text = message
        while let last = text.last, last == 0x0A || last == 0x0D || last == 0 { text.removeLast() }
        if text.contains(0) { text.removeAll { $0 == 0 } }
        if String(validating: text, as: UTF8.self) == nil { text = Array(String(decoding: text, as: UTF8.self).utf8) }
        return text.isEmpty ? [] : Array("\(text.count) ".utf8) + text + [0x0A]
    }
}
