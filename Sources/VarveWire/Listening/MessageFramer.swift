/// Cuts the bytes of a connection into messages, as they arrive and in bounded memory.
public struct MessageFramer {
    public enum Kind: Hashable, Sendable {
        /// RFC 6587: a count of bytes and a blank before each message, or a newline behind it.
        case syslog
        /// A NUL byte behind each message.
        case nul
        /// One MessagePack value each.
        case messagePack
    }

    public enum Finding: Hashable, Sendable {
        case message([UInt8])
        case needsMore
        /// No further message can be found.
        case broken(String)
    }

    private let kind: Kind
    private let most: Int
    private var buffer: [UInt8] = []
    private var start = 0
    /// From where on the end of the message is looked for.
    private var looked = 0
    private var span = MessagePackSpan()

    /// - Parameter most: The most bytes of one message.
    public init(_ kind: Kind, most: Int) {
        self.kind = kind
        self.most = most
    }

    /// Bytes that are held until their message is complete.
    public var held: Int { buffer.count - start }

    public mutating func feed(_ bytes: UnsafeRawBufferPointer) {
        if start > 0, start == buffer.count || start > 64 << 10 {
            buffer.removeFirst(start)
            looked -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next complete message.
    public mutating func next() -> Finding {
        switch kind {
        case .syslog: return nextSyslog()
        case .nul: return next(endingWith: { $0 == 0 })
        case .messagePack: return nextValue()
        }
    }

    /// What is left at the end of the connection, where messages have ends that may be missing behind the last.
    public mutating func finish() -> [UInt8]? {
        guard kind != .messagePack, start < buffer.count else { return nil }
        let rest = Array(buffer[start...])
        start = buffer.count
        return rest.contains { $0 > 0x20 } ? rest : nil
    }

    private mutating func nextSyslog() -> Finding {
        while start < buffer.count, buffer[start] == 0x0A || buffer[start] == 0x0D || buffer[start] == 0 { start += 1 }
        var at = start
        var count = 0
        while at < buffer.count, at - start < 8, buffer[at] &- 0x30 < 10, at > start || buffer[at] != 0x30 {
            count = count * 10 + Int(buffer[at] - 0x30)
            at += 1
        }
        guard at > start, at - start < 8 else { return next(endingWith: { $0 == 0x0A || $0 == 0 }) }
        guard at < buffer.count else { return .needsMore }
        guard buffer[at] == 0x20 else { return next(endingWith: { $0 == 0x0A || $0 == 0 }) }
        guard count <= most else { return .broken("a message has \(count) bytes, \(most) are allowed") }
        guard buffer.count - at - 1 >= count else { return .needsMore }
        let message = Array(buffer[(at + 1)..<(at + 1 + count)])
        start = at + 1 + count
        looked = start
        return .message(message)
    }

    private mutating func next(endingWith isEnd: (UInt8) -> Bool) -> Finding {
        while true {
            looked = max(looked, start)
            guard let end = buffer[looked...].firstIndex(where: isEnd) else {
                looked = buffer.count
                return held > most ? .broken("a message has more than \(most) bytes") : .needsMore
            }
            let message = Array(buffer[start..<end])
            (start, looked) = (end + 1, end + 1)
            guard message.count <= most else { return .broken("a message has more than \(most) bytes") }
            if message.contains(where: { $0 > 0x20 }) { return .message(message) }
        }
    }

    private mutating func nextValue() -> Finding {
        switch span.find(in: buffer[start...]) {
        case .broken: return .broken("the bytes are no MessagePack")
        case .needsMore: return held > most ? .broken("a message has more than \(most) bytes") : .needsMore
        case .ends(let length):
            guard length <= most else { return .broken("a message has more than \(most) bytes") }
            let message = Array(buffer[start..<(start + length)])
            start += length
            span = MessagePackSpan()
            return .message(message)
        }
    }
}
