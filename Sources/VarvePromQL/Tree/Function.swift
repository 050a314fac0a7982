/// A function of the language. `FunctionTable` has what each takes.
public enum Function: String, Sendable, CaseIterable {
    case abs, absent, acos, acosh, asin, asinh, atan, atanh, ceil, changes, clamp, cos, cosh, deg, delta, deriv, exp, floor, hour
    case idelta, increase, irate, ln, log2, log10, minute, month, pi, rad, rate, resets, round, scalar, sgn, sin, sinh, sort, sqrt
    case tan, tanh, time, timestamp, vector, year
    case absentOverTime = "absent_over_time"
    case avgOverTime = "avg_over_time"
    case clampMax = "clamp_max"
    case clampMin = "clamp_min"
    case countOverTime = "count_over_time"
    case dayOfMonth = "day_of_month"
    case dayOfWeek = "day_of_week"
    case dayOfYear = "day_of_year"
    case daysInMonth = "days_in_month"
    case histogramQuantile = "histogram_quantile"
    case holtWinters = "holt_winters"
    case labelJoin = "label_join"
    case labelReplace = "label_replace"
    case lastOverTime = "last_over_time"
    case maxOverTime = "max_over_time"
    case minOverTime = "min_over_time"
    case predictLinear = "predict_linear"
    case presentOverTime = "present_over_time"
    case quantileOverTime = "quantile_over_time"
    case sortDescending = "sort_desc"
    case stddevOverTime = "stddev_over_time"
    case stdvarOverTime = "stdvar_over_time"
    case sumOverTime = "sum_over_time"

    /// Functions of Prometheus that are refused, and why.
    public static let unsupported: [String: String] = [
        "histogram_count": "native histograms are not supported",
        "histogram_sum": "native histograms are not supported",
        "histogram_fraction": "native histograms are not supported",
    ]

    /// What it takes. Of the kinds the last `optional` may be missing; nil for any number more of the last kind.
    public struct Signature: Sendable {
        public var arguments: [ValueKind]
        public var optional: Int? = 0
    }

    public var signature: Signature {
        switch self {
        case .absentOverTime, .avgOverTime, .changes, .countOverTime, .delta, .deriv, .idelta, .increase, .irate, .lastOverTime,
            .maxOverTime, .minOverTime, .presentOverTime, .rate, .resets, .stddevOverTime, .stdvarOverTime, .sumOverTime:
            Signature(arguments: [.matrix])
        case .clamp: Signature(arguments: [.vector, .scalar, .scalar])
        case .clampMax, .clampMin: Signature(arguments: [.vector, .scalar])
        case .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth, .hour, .minute, .month, .year:
            Signature(arguments: [.vector], optional: 1)
        case .histogramQuantile: Signature(arguments: [.scalar, .vector])
        case .holtWinters: Signature(arguments: [.matrix, .scalar, .scalar])
        case .labelJoin: Signature(arguments: [.vector, .string, .string, .string], optional: nil)
        case .labelReplace: Signature(arguments: [.vector, .string, .string, .string, .string])
        case .pi, .time: Signature(arguments: [])
        case .predictLinear: Signature(arguments: [.matrix, .scalar])
        case .quantileOverTime: Signature(arguments: [.scalar, .matrix])
        case .round: Signature(arguments: [.vector, .scalar], optional: 1)
        case .vector: Signature(arguments: [.scalar])
        default: Signature(arguments: [.vector])
        }
    }

    public var result: ValueKind {
        switch self {
        case .pi, .time, .scalar: .scalar
        default: .vector
        }
    }

    /// Whether it reads the moment of evaluation.
    var dependsOnStep: Bool {
        switch self {
        case .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth, .hour, .minute, .month, .year, .predictLinear, .time, .timestamp:
            true
        default: false
        }
    }
}
