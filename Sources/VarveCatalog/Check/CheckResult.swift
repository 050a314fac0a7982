public import VarveEvents

/// What a check of a batch found.
public struct CheckResult: Sendable {
    /// In the order of rows, then fields; at most as many as were asked for.
    public var flags: [FieldFlag]
    /// How many there are in all.
    public var flagCount: Int
    /// Per row, whether the policy keeps it.
    public var keep: Bitmap
    /// Per row, whether anything is wrong with it.
    public var flagged: Bitmap
    /// How often each thing is wrong, values left out: `retry.success: data.api_endpoint is missing`.
    public var counts: [String: Int]
}
