/// A server that answers.
public struct ReadyServer: Sendable {
    /// With the port that it really has.
    public var address: ListenAddress
    public var isSecure: Bool
    /// Where the log ends.
    public var offset: UInt64
    /// Further listeners: their names in the line that says it, and their addresses.
    public var further: [(name: String, url: String)] = []

    public var url: String {
        // An address that means every address is none that can be asked.
        let host = address.host == "0.0.0.0" ? "127.0.0.1" : address.host == "::" ? "::1" : address.host
        return (isSecure ? "https://" : "http://") + "\(ListenAddress(host: host, port: address.port))"
    }
}
