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
        var at = start
        var length = 0
        while at < count, at - start < 8, bytes[at] &- 0x30 < 10 {
            length = length * 10 + Int(bytes[at] - 0x30)
            at += 1
        }
        guard at > start, at - start < 8, bytes[start] != 0x30 else { return .line }
        guard at + 1 < count else { return isLast ? .line : .needsMore }
        guard bytes[at] == 0x20, bytes[at + 1] == 0x3C, length <= WireLimits.lineBytes / 2 else { return .line }
        let end = at + 1 + length
        guard end <= count else { return isLast ? .line : .needsMore }
        if end == count { return isLast ? .ends(end) : .needsMore }
        return bytes[end] == 0x0A || bytes[end] == 0x0D || bytes[end] &- 0x30 < 10 || bytes[end] == 0x3C ? .ends(end) : .line
    }
}
