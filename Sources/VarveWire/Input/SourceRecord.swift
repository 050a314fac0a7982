/// A record in its original bytes.
public struct SourceRecord: Sendable {
    /// Its position in the uncompressed input.
    public let offset: UInt64
    public let bytes: [UInt8]
}
