/// What a number counts. Everything is stored in these; percent and other units are converted on the way in.
public enum FieldUnit: String, CaseIterable, Sendable {
    case milliseconds = "ms"
    case seconds = "s"
    case hours = "h"
    case days = "d"
    /// A share between 0 and 1: 0.05 is five percent.
    case fraction
    case bytes
    case megabytes = "MB"
    /// Of things that are counted one by one.
    case count
    case perSecond = "1/s"
    /// A score without a unit: layout shift, points.
    case score
    /// Standard deviations.
    case deviations = "σ"
}
