internal import VarveHash

/// What a request is known by. A request that is sent again under its key goes on where the log stops.
public struct IngestKey: Hashable, Sendable {
    /// What the log remembers; never 0.
    let producer: UInt64
    /// What the content must be for the key to be the same request: 12 bits; nil for any content.
    let check: UInt64?

    /// - Parameters:
    ///   - name: The client's key.
    ///   - scope: Whose key it is: a tenant, a producer, the path of a request. Equal names of two scopes are two keys.
    ///   - content: A hash of the whole body, where it is known before the first event: then another body under the same key is
    ///     noticed (of 4,096 other bodies one is not). Nil takes any body.
    public init(_ name: String, scope: String = "", content: UInt64? = nil) {
        producer = max(1, Self.number("varve ingest key\u{0}\(scope)\u{0}\(name)"))
        check = content.map { $0 & AppendNumber.checkMask }
    }

    /// The producer `name`, whose requests have numbers of their own.
    init(producer name: String, scope: String) {
        producer = max(1, Self.number("varve producer\u{0}\(scope)\u{0}\(name)"))
        check = nil
    }

    /// 64 bits of a hash of `text`.
    static func number(_ text: String) -> UInt64 {
        Array(text.utf8).withUnsafeBytes { SHA256Digest(of: $0) }.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
