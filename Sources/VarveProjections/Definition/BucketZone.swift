public import VarveEvents

/// Where a view's days and hours begin.
public enum BucketZone: Hashable, Sendable {
    case utc
    /// Buckets are of what the zone's clocks show. An hour that they show twice is one bucket of two hours, and one that they
    /// leave out is none.
    case named(ZoneRules)

    public var name: String {
        switch self {
        case .utc: "UTC"
        case .named(let rules): rules.name
        }
    }

    /// Times as the zone's clocks show them.
    func local(_ times: [Int64]) -> [Int64] {
        switch self {
        case .utc: times
        case .named(let rules): rules.local(times)
        }
    }

    /// The number of the bucket of `level` that holds `time`.
    public func bucket(of time: Int64, _ level: BucketLevel) -> Int64 {
        level.bucket(of: local([time])[0])
    }

    /// When bucket `bucket` of `level` starts; nil for `all`.
    public func start(of bucket: Int64, _ level: BucketLevel) -> Timestamp? {
        guard let start = level.start(of: bucket) else { return nil }
        switch self {
        case .utc: return Timestamp(nanoseconds: start)
        case .named(let rules): return Timestamp(nanoseconds: rules.first(local: start))
        }
    }
}
