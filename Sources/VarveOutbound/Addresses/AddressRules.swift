/// Which addresses may be reached from here. A rule file, a user or a redirection must not make the server ask its own network:
/// private and loopback addresses are closed unless `allow` opens them, and those at which clouds hand out credentials never
/// open.
public struct AddressRules: Sendable {
    private let allow: [AddressBlock]

    public init(allow: [AddressBlock] = []) { self.allow = allow }

    /// Why `address` may not be reached; nil where it may.
    public func refusal(_ address: IPAddress) -> String? {
        if Self.metadata.contains(where: { $0.contains(address) }) {
            return "\(address) is an address of a cloud's metadata or of the local link, which is never asked"
        }
        if allow.contains(where: { $0.contains(address) }) { return nil }
        if Self.closed.contains(where: { $0.contains(address) }) {
            return "\(address) is a private or local address; delivery.allow_cidrs opens it"
        }
        return nil
    }

    private static func blocks(_ texts: [String]) -> [AddressBlock] { texts.compactMap { AddressBlock($0) } }

    /// Link-local addresses, and the others at which clouds answer.
    private static let metadata = blocks([
        "169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128", "100.100.100.200/32", "168.63.129.16/32",
        "192.0.0.192/32",
    ])

    private static let closed = blocks([
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128", "fc00::/7", "fec0::/10", "ff00::/8",
        // Addresses that stand for one of version 4, which a translator or a tunnel of this network reaches.
        "64:ff9b:1::/48", "2001::/32",
    ])
}
