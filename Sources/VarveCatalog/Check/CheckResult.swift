public import VarveEvents

/// The result of checking a batch.
public struct CheckResult: Sendable {
    /// In the order of rows, then fields; limited to the requested number.
    public var flags: [FieldFlag]
    /// The total number of flags.
    public var flagCount: Int
    /// Per row, whether the policy keeps it.
    public var keep: Bitmap
    /// Per row, whether it has any problem.
    public var flagged: Bitmap
    /// The number of occurrences of each problem, without values: `retry.success: data.api_endpoint is missing`.
    public var counts: [String: Int]
}
