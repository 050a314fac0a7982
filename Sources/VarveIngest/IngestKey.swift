internal import VarveHash

/// Identifies a request to the log. A retry under the same key continues where the log stops.
public struct IngestKey: Hashable, Sendable {
    /// The producer number in the log; never 0.
    let producer: UInt64
    /// 12 bits of the content's hash, which must match; nil accepts any content.
    let check: UInt64?

    /// - Parameters:
    ///   - name: The client's key.
    ///   - scope: The key's namespace: a tenant, a producer, a request path. Equal names in different scopes are different.
    ///   - content: A hash of the whole body, if it is known before the first event, to detect a different body under the same
    ///     key (missed with probability 1 in 4,096). Nil accepts any body.
    public init(_ name: String, scope: String = "", content: UInt64? = nil) {
        producer = max(1, Self.number("varve ingest key\u{0}\(scope)\u{0}\(name)"))
        check = content.map { $0 & AppendNumber.checkMask }
    }

    /// The producer `name`, which numbers its own requests.
    init(producer name: String, scope: String) {
        producer = max(1, Self.number("varve producer\u{0}\(scope)\u{0}\(name)"))
        check = nil
    }

    /// 64 bits of a hash of `text`.
    static func number(_ text: String) -> UInt64 {
        Array(text.utf8).withUnsafeBytes { SHA256Digest(of: $0) }.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
