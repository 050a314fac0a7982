/// Where a message of syslog's ends: before a newline, or after as many bytes as stand before it (RFC 6587), which may have
/// newlines among them.
enum SyslogFrame: Equatable {
    case line
    case ends(Int)
    case needsMore

    var place: Int? { if case .ends(let place) = self { place } else { nil } }

    /// `123 <34>…` from `start` on. A length that does not end before a newline, another message or the end of the input is
    /// none.
    static func end(_ bytes: UnsafePointer<UInt8>, from start: Int, count: Int, isLast: Bool) -> SyslogFrame {
        let input = UnsafeBufferPointer(start: bytes, count: count)
        guard let head = Head(input, from: start) else { return .line }
        guard head.at + 1 < count else { return isLast ? .line : .needsMore }
        guard head.isOne(input), head.length <= WireLimits.lineBytes / 2 else { return .line }
        let end = head.at + 1 + head.length
        guard end <= count else { return isLast ? .line : .needsMore }
        guard end < count else { return isLast ? .ends(end) : .needsMore }
        guard bytes[end] &- 0x30 < 10 else { return [0x0A, 0x0D, 0x3C].contains(bytes[end]) ? .ends(end) : .line }
        guard let next = Head(input, from: end) else { return .line }
        guard next.at + 1 < count else { return isLast ? .line : .needsMore }
        return next.isOne(input) ? .ends(end) : .line
    }

    /// The digits before a message.
    private struct Head {
        var length = 0
        /// Behind the digits.
        var at: Int

        /// Nil for no digits, too many, or a zero before them.
        init?(_ input: UnsafeBufferPointer<UInt8>, from start: Int) {
            at = start
            while at < input.count, at - start < 8, input[at] &- 0x30 < 10 {
                length = length * 10 + Int(input[at] - 0x30)
                at += 1
            }
            guard at > start, at - start < 8, input[start] != 0x30 else { return nil }
        }

        /// Whether a blank and a message follow.
        func isOne(_ input: UnsafeBufferPointer<UInt8>) -> Bool { input[at] == 0x20 && input[at + 1] == 0x3C }
    }
}
