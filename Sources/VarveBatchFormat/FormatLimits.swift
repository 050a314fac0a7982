internal import VarveEvents

/// Every size that bounds a frame, each with its reason.
public enum FormatLimits {
    /// The version this program writes and reads. A draft until the format is frozen: logs of another draft are refused.
    public static let version: UInt16 = 1
    /// No frame is larger: a batch's 16 MiB raw can grow a little (bounds, bitmaps), never fourfold. A larger size in a header
    /// is refused before anything is read or allocated.
    public static let frameBytes = 64 << 20
    /// Names, groups and column entries of one frame.
    public static let directoryBytes = 16 << 20
    /// One column when decompressed.
    public static let columnBytes = 48 << 20
    /// Values packed with one base and one width: long enough that their header costs 0.1 bit a value, short enough that an
    /// outlier
    /// or a jump in time widens few of them. Exception positions fit 16 bits.
    static let packedBlock = 1_024
    /// Zero bytes after every column, so that decoders may load eight bytes at any position of it.
    static let columnPadding = 8
}
