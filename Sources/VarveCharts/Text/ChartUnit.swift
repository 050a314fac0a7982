/// What a number of a chart or page counts, and how that is written: the unit stands beside every number.
public enum ChartUnit: Hashable, Sendable {
    case count
    case milliseconds
    case seconds
    case hours
    case days
    /// 0 to 1, shown in percent.
    case fraction
    case bytes
    case megabytes
    case perSecond
    /// A number without a unit.
    case plain

    private static let thin = "\u{202F}"

    /// As it stands in a text: `48 391`, `24.3 %`, `412 ms`, `3.84 s`.
    public func text(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        switch self {
        case .count: return NumberText.grouped(value, decimals: value.rounded() == value ? 0 : 1)
        case .fraction: return Self.percent(value)
        case .milliseconds: return Self.duration(milliseconds: value)
        case .seconds: return Self.duration(milliseconds: value * 1_000)
        case .hours: return NumberText.grouped(value, decimals: 1) + Self.thin + "h"
        case .days: return NumberText.grouped(value, decimals: 1) + Self.thin + "d"
        case .bytes: return Self.scaled(value, 1_024, ["B", "KiB", "MiB", "GiB", "TiB"])
        case .megabytes: return NumberText.grouped(value, decimals: value < 100 ? 1 : 0) + Self.thin + "MB"
        case .perSecond: return NumberText.grouped(value, decimals: value < 10 ? 2 : 1) + Self.thin + "/s"
        case .plain: return NumberText.grouped(value, decimals: Self.decimals(value))
        }
    }

    /// At an axis, shorter: `50 k`, `40 %`, `2 s`.
    public func axis(_ value: Double) -> String {
        if value == 0 {
            switch self {
            case .fraction: return "0" + Self.thin + "%"
            case .milliseconds, .seconds, .bytes, .megabytes, .count, .plain, .perSecond, .hours, .days: return "0"
            }
        }
        switch self {
        case .count, .plain: return Self.short(value)
        case .perSecond: return Self.short(value) + Self.thin + "/s"
        case .fraction: return NumberText.shortest(value * 100, decimals: 2) + Self.thin + "%"
        case .milliseconds: return Self.axisDuration(value)
        case .seconds: return Self.axisDuration(value * 1_000)
        case .hours: return Self.short(value) + Self.thin + "h"
        case .days: return Self.short(value) + Self.thin + "d"
        case .bytes: return Self.scaled(value, 1_024, ["B", "K", "M", "G", "T"], exact: true)
        case .megabytes: return Self.short(value) + Self.thin + "MB"
        }
    }

    /// What the axis counts in words: `milliseconds`; empty for counts.
    public var name: String {
        switch self {
        case .count, .plain: ""
        case .milliseconds: "milliseconds"
        case .seconds: "seconds"
        case .hours: "hours"
        case .days: "days"
        case .fraction: "percent"
        case .bytes: "bytes"
        case .megabytes: "megabytes"
        case .perSecond: "per second"
        }
    }

    private static func percent(_ value: Double) -> String {
        let percent = value * 100
        if percent == 0 { return "0" + thin + "%" }
        if percent.magnitude < 0.05 { return (percent < 0 ? "−<" : "<") + "0.1" + thin + "%" }
        return NumberText.grouped(percent, decimals: percent == 100 ? 0 : 1) + thin + "%"
    }

    private static func duration(milliseconds value: Double) -> String {
        switch value.magnitude {
        case 0: "0" + thin + "ms"
        case ..<1: NumberText.shortest(value, decimals: 2) + thin + "ms"
        case ..<10: NumberText.shortest(value, decimals: 1) + thin + "ms"
        case ..<999.5: NumberText.grouped(value, decimals: 0) + thin + "ms"
        case ..<60_000: NumberText.grouped(value / 1_000, decimals: 2) + thin + "s"
        case ..<3_600_000: NumberText.grouped(value / 60_000, decimals: 1) + thin + "min"
        case ..<172_800_000: NumberText.grouped(value / 3_600_000, decimals: 1) + thin + "h"
        default: NumberText.grouped(value / 86_400_000, decimals: 1) + thin + "d"
        }
    }

    private static func axisDuration(_ value: Double) -> String {
        switch value.magnitude {
        case ..<1_000: NumberText.shortest(value, decimals: 2) + thin + "ms"
        case ..<120_000: NumberText.shortest(value / 1_000, decimals: 2) + thin + "s"
        case ..<7_200_000: NumberText.shortest(value / 60_000, decimals: 2) + thin + "min"
        case ..<172_800_000: NumberText.shortest(value / 3_600_000, decimals: 2) + thin + "h"
        default: NumberText.shortest(value / 86_400_000, decimals: 1) + thin + "d"
        }
    }

    private static func short(_ value: Double) -> String {
        switch value.magnitude {
        case ..<10_000: NumberText.grouped(value, decimals: decimals(value))
        case ..<1_000_000: NumberText.shortest(value / 1_000, decimals: 1) + thin + "k"
        case ..<1_000_000_000: NumberText.shortest(value / 1_000_000, decimals: 2) + thin + "M"
        default: NumberText.shortest(value / 1_000_000_000, decimals: 2) + thin + "G"
        }
    }

    private static func scaled(_ value: Double, _ base: Double, _ units: [String], exact: Bool = false) -> String {
        var (value, unit) = (value, 0)
        while value.magnitude >= base, unit < units.count - 1 { (value, unit) = (value / base, unit + 1) }
        let digits = exact ? NumberText.shortest(value, decimals: 1) : NumberText.grouped(value, decimals: unit == 0 ? 0 : 1)
        return digits + thin + units[unit]
    }

    private static func decimals(_ value: Double) -> Int {
        value.rounded() == value ? 0 : value.magnitude < 1 ? 3 : value.magnitude < 10 ? 2 : 1
    }
}
