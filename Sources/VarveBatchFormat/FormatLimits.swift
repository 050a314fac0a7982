internal import VarveEvents

/// All size limits of a frame, each with its reason.
public enum FormatLimits {
    /// The version that this program reads and writes. The format is a draft until it is frozen; logs of another draft are
    /// refused.
    public static let version: UInt16 = 1
    /// The largest frame. A batch of 16 MiB raw can grow a little (bounds, bitmaps) but never fourfold. A larger size in a
    /// header is refused before anything is read or allocated.
    public static let frameBytes = 64 << 20
    /// The largest directory: names, groups and column entries of one frame.
    public static let directoryBytes = 16 << 20
    /// The largest column when decompressed.
    public static let columnBytes = 48 << 20
    /// Values per block with one base and one width: enough that the block header costs 0.1 bit per value, few enough that an
    /// outlier or a jump in time widens only few values. Exception positions fit 16 bits.
    static let packedBlock = 1_024
    /// Zero bytes after every column, so that decoders may load eight bytes at any position in it.
    static let columnPadding = 8
}
