/// The unit of a number. Values are stored in these units; percent and other units are converted on input.
public enum FieldUnit: String, CaseIterable, Sendable {
    case milliseconds = "ms"
    case seconds = "s"
    case hours = "h"
    case days = "d"
    /// A share between 0 and 1: 0.05 is five percent.
    case fraction
    case bytes
    case megabytes = "MB"
    /// A number of things.
    case count
    case perSecond = "1/s"
    /// A score without a unit: layout shift, points.
    case score
    /// Standard deviations.
    case deviations = "σ"
}
