/// A handle of a column in one `BatchBuilder`.
public struct ColumnHandle: Hashable, Sendable {
    let index: Int

    /// Whether it is an envelope text for which an empty string counts as absent.
    @inline(__always)
    var isOptionalText: Bool { index >= 1 && index <= 4 }

    public static let id = ColumnHandle(index: 0)
    public static let tenant = ColumnHandle(index: 1)
    public static let component = ColumnHandle(index: 2)
    public static let session = ColumnHandle(index: 3)
    public static let user = ColumnHandle(index: 4)
}
