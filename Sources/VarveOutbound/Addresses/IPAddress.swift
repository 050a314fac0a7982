internal import Foundation

/// An address of the network: four bytes, or sixteen. An IPv4 address that is written as an IPv6 one is the IPv4 address.
public struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    public init?(_ text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(four: withUnsafeBytes(of: &four) { Array($0) })
            return
        }
        var sixteen = in6_addr()
        let bare = text.prefix { $0 != "%" }
        guard inet_pton(AF_INET6, String(bare), &sixteen) == 1 else { return nil }
        self.init(sixteen: withUnsafeBytes(of: &sixteen) { Array($0) })
    }

    /// Takes the address in an IPv6 one that carries an IPv4 one: mapped, compatible, NAT64, 6to4.
    init(sixteen bytes: [UInt8]) {
        let zeros = [UInt8](repeating: 0, count: 12)
        if bytes.starts(with: zeros.prefix(10) + [0xFF, 0xFF]) || bytes.starts(with: [0, 0x64, 0xFF, 0x9B] + zeros.prefix(8)) {
            self.bytes = Array(bytes.suffix(4))
        } else if bytes.starts(with: zeros), bytes.suffix(4) != [0, 0, 0, 0], bytes.suffix(4) != [0, 0, 0, 1] {
            self.bytes = Array(bytes.suffix(4))
        } else if bytes.starts(with: [0x20, 0x02]) {
            self.bytes = Array(bytes[2..<6])
        } else {
            self.bytes = bytes
        }
    }

    init(four bytes: [UInt8]) { self.bytes = bytes }

    public var description: String {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        let words = stride(from: 0, to: bytes.count, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }
        return words.joined(separator: ":")
    }
}
