/// Where a server listens, as it is typed: `127.0.0.1:8430`, `[::1]:8430`, `localhost:0`, `:8430`.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    /// 0 takes one that is free.
    public var port: Int

    /// The port that nobody else in the neighbourhood uses.
    public static let usual = ListenAddress(host: "127.0.0.1", port: 8430)

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Nil for a text that is no address. Without a host it is every address of the machine.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        self.init(host: host.isEmpty ? "0.0.0.0" : host, port: Int(port))
    }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    public var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
