/// A server that takes mail, and how it is spoken to.
public struct SMTPServer: Sendable {
    public enum Security: String, CaseIterable, Sendable {
        /// Plain at first, then TLS; without it nothing is sent.
        case starttls
        /// TLS from the first byte.
        case tls
        case none
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var user: String?
    public var password: Secret?
    /// A PEM file of certificates that are trusted instead of the system's.
    public var authorities: String?
    /// Seconds for the whole dialog.
    public var timeoutSeconds: Int64 = 20

    public init(host: String, port: Int, security: Security) {
        (self.host, self.port, self.security) = (host, port, security)
    }

    /// From `smtp://host:587` or `smtps://host:465`; nil for what is no such address. A user or a password in it is refused: an
    /// address is printed.
    public init?(url: String) {
        let parts = url.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasPrefix("//") else { return nil }
        let isWrapped: Bool
        switch parts[0].lowercased() {
        case "smtp": isWrapped = false
        case "smtps": isWrapped = true
        default: return nil
        }
        var rest = parts[1].dropFirst(2)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.isEmpty, !rest.contains(where: { "@/?# ".contains($0) }) else { return nil }
        var port = isWrapped ? 465 : 587
        var host = String(rest)
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else if let colon = rest.firstIndex(of: ":") {
            host = String(rest[..<colon])
            rest = rest[colon...]
        } else {
            rest = ""
        }
        if rest.hasPrefix(":") {
            guard let number = Int(rest.dropFirst()), (1...65_535).contains(number) else { return nil }
            port = number
        } else if !rest.isEmpty {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: host, port: port, security: isWrapped ? .tls : .starttls)
    }
}
