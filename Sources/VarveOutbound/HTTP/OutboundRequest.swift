/// A request that leaves the server.
public struct OutboundRequest: Sendable {
    public var method = "POST"
    /// The whole of it may be a secret: a webhook's address is one.
    public var url: Secret
    public var headers: [(name: String, value: Secret)] = []
    public var body: [UInt8]
    public var timeoutSeconds: Int64 = 10

    public init(url: Secret, body: [UInt8]) {
        self.url = url
        self.body = body
    }
}
