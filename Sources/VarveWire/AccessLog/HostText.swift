/// The allowed syntax of a client's name or address.
enum HostText {
    /// A name, an address, an address with a port, or `-`: one word of characters that occur in names and addresses.
    static func isHost(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return false }
        var colons = 0
        var isBracketed = false
        for byte in line[range] {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x25, 0x80...0xFF: break
            case 0x3A: colons += 1
            case 0x5B, 0x5D: isBracketed = true
            default: return false
            }
        }
        if isBracketed { return colons >= 2 }
        // One colon means a port; a name with a port is the server's, not a client's.
        return colons != 1 || isIPv4(line, range.lowerBound..<(line[range].firstIndex(of: 0x3A) ?? range.upperBound))
    }

    /// A server's name, with or without a port: one word without commas, brackets and quotes.
    static func isName(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        line[range].allSatisfy { byte in
            switch byte {
            case 0x30...0x3A, 0x41...0x5B, 0x5D, 0x61...0x7A, 0x2A, 0x2D, 0x2E, 0x5F, 0x80...0xFF: true
            default: false
            }
        }
    }

    /// An IPv4 or IPv6 address.
    static func isAddress(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        isIPv4(line, range)
            || line[range].count { $0 == 0x3A } >= 2
                && line[range].allSatisfy {
                    $0 &- 0x30 <= 10 || ($0 | 0x20) &- 0x61 < 6 || $0 == 0x2E || $0 == 0x25
                }
    }

    /// An address, with a port or without one: `203.0.113.9:5123`, `[2001:db8::1]:80`.
    static func isAddressWithPort(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        if isAddress(line, range) { return true }
        if line[range].first == 0x5B { return isHost(line, range) }
        return isIPv4(line, range.lowerBound..<(line[range].firstIndex(of: 0x3A) ?? range.upperBound))
    }

    /// Whether a line's first words are a virtual host and a client. A name with a port is no client; without a port, an address
    /// must follow, because a line without a virtual host looks the same otherwise.
    static func isVirtualHost(_ line: UnsafeRawBufferPointer, _ host: Range<Int>, client: Range<Int>) -> Bool {
        isName(line, host) && (!isHost(line, host) || isAddressWithPort(line, client))
    }

    private static func isIPv4(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        var parts = 1
        var digits = 0
        for byte in line[range] {
            if byte == 0x2E {
                guard digits > 0 else { return false }
                parts += 1
                digits = 0
            } else {
                guard byte &- 0x30 < 10, digits < 3 else { return false }
                digits += 1
            }
        }
        return parts == 4 && digits > 0
    }
}
