/// A record as it came.
public struct SourceRecord: Sendable {
    /// Where it starts in the (unpacked) input.
    public let offset: UInt64
    public let bytes: [UInt8]
}
