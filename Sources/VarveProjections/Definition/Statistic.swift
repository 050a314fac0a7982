/// What can be read from a quantile sketch.
public enum Statistic: Hashable, Sendable {
    /// How many values; exact.
    case count
    /// Exact.
    case min
    /// Exact.
    case max
    /// The value of rank ⌈Q·count⌉, Q in millionths (`950_000` is p95); relative error at most 0.55 %.
    case quantile(millionths: Int)
    /// The value between the two nearest ranks, at Q·(count − 1) from the first one: what spreadsheets and SQL's
    /// `percentile_cont` say. Of these ranks as above.
    case interpolated(millionths: Int)
}
