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

    /// The first moment at which the zone's clocks show what UTC's show at `local`, or later.
    public func moment(local: Timestamp) -> Timestamp {
        switch self {
        case .utc: local
        case .named(let rules): Timestamp(nanoseconds: rules.first(local: local.nanoseconds))
        }
    }

    /// `2026-01-21T14:02:09Z`, or of a named zone `2026-01-21T15:02:09+01:00`: what its clocks show, and how far ahead they are.
    public func text(_ time: Timestamp) -> String {
        guard case .named = self else { return time.text }
        let local = Timestamp(nanoseconds: local([time.nanoseconds])[0])
        let minutes = (local.nanoseconds &- time.nanoseconds) / 60_000_000_000
        func padded(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
        let offset = (minutes < 0 ? "-" : "+") + padded(abs(minutes) / 60) + ":" + padded(abs(minutes) % 60)
        return String(local.text.dropLast()) + offset
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

    /// From the first moment in bucket `bucket` of `level` to behind the last, in nanoseconds since 1970, as far as there are
    /// such moments. Where a zone's clocks are set back over midnight the spans of two days overlap.
    public func span(of bucket: Int64, _ level: BucketLevel) -> Range<Int64> {
        guard let length = level.nanoseconds else { return .min ..< .max }
        func border(_ number: Int64) -> Int64? {
            let (border, overflow) = number.multipliedReportingOverflow(by: length)
            return overflow ? nil : border
        }
        let (next, overflow) = bucket.addingReportingOverflow(1)
        let start = border(bucket) ?? (bucket < 0 ? .min : .max)
        let end = overflow ? .max : border(next) ?? (bucket < 0 ? .min : .max)
        switch self {
        case .utc: return start..<end
        case .named(let rules):
            let first = start == .min ? .min : rules.first(local: start)
            return first..<max(first, end == .max ? .max : rules.last(local: end))
        }
    }
}
