/// The fields of an `otel.metric` besides its attributes.
enum OTLPMetricField: String, CaseIterable {
    case series, name, kind, unit, temporality, monotonic, value, delta, count, sum, min, max, bounds, buckets, scale
    case stale, quantiles, exemplars, positive, negative
    case startTime = "start_time"
    case deltaCount = "delta_count"
    case deltaSum = "delta_sum"
    case deltaBuckets = "delta_buckets"
    case zeroCount = "zero_count"
    case zeroThreshold = "zero_threshold"

    /// Its index among all of them.
    var number: Int { Self.numbers[self] ?? 0 }

    private static let numbers = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
