internal import VarveDisk
internal import VarveEvents

/// A part of the log that cannot be read.
public struct DamagedRange: Hashable, Sendable, CustomStringConvertible {
    /// The file's path.
    public var file: String
    public var bytes: Range<UInt64>
    /// The offsets stored there; empty when only the structure of the file is damaged.
    public var offsets: Range<UInt64>
    public var reason: String

    public init(file: String, bytes: Range<UInt64>, offsets: Range<UInt64>, reason: String) {
        self.file = file
        self.bytes = bytes
        self.offsets = offsets
        self.reason = reason
    }

    /// The reason given for damage that the manifest already records.
    static let knownDamage = "known damage"

    public var description: String {
        "\(file), bytes \(bytes.lowerBound) ..< \(bytes.upperBound), offsets \(offsets.lowerBound) ..< \(offsets.upperBound): "
            + reason
    }
}
