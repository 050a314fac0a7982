/// A value that can be read from a quantile sketch.
public enum Statistic: Hashable, Sendable {
    /// The number of values; exact.
    case count
    /// Exact.
    case min
    /// Exact.
    case max
    /// The value of rank ⌈Q·count⌉, Q in millionths (`950_000` is p95); relative error at most 0.55 %.
    case quantile(millionths: Int)
    /// The value interpolated between the two nearest ranks, at position Q·(count − 1), as in spreadsheets and SQL's
    /// `percentile_cont`. The values at these ranks have the same relative error.
    case interpolated(millionths: Int)
}
