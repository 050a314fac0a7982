internal import VarveBatchFormat
internal import VarveEvents

/// A range of bytes of a file, and what it contains.
public struct FileDumpLine: Hashable, Sendable {
    public var bytes: Range<UInt64>
    public var text: String
}
