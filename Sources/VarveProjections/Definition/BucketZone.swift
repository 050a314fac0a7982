public import VarveEvents

/// The time zone of a view's days and hours.
public enum BucketZone: Hashable, Sendable {
    case utc
    /// Buckets follow the zone's local time. A repeated hour is one bucket of two hours, which answers show as two rows while
    /// the log has its events, and a skipped hour has no bucket.
    case named(ZoneRules)

    public var name: String {
        switch self {
        case .utc: "UTC"
        case .named(let rules): rules.name
        }
    }

    /// The times converted to local time.
    func local(_ times: [Int64]) -> [Int64] {
        switch self {
        case .utc: times
        case .named(let rules): rules.local(times)
        }
    }

    /// The first moment at which local time reaches `local` or later.
    public func moment(local: Timestamp) -> Timestamp {
        switch self {
        case .utc: local
        case .named(let rules): Timestamp(nanoseconds: rules.first(local: local.nanoseconds))
        }
    }

    /// `2026-01-21T14:02:09Z`, or for a named zone local time with its offset, `2026-01-21T15:02:09+01:00`.
    public func text(_ time: Timestamp) -> String {
        guard case .named = self else { return time.text }
        let local = Timestamp(nanoseconds: local([time.nanoseconds])[0])
        let minutes = (local.nanoseconds &- time.nanoseconds) / 60_000_000_000
        let offset = (minutes < 0 ? "-" : "+") + (abs(minutes) / 60).zeroPadded(2) + ":" + (abs(minutes) % 60).zeroPadded(2)
        return String(local.text.dropLast()) + offset
    }

    /// The number of the bucket of `level` that contains `time`.
    public func bucket(of time: Int64, _ level: BucketLevel) -> Int64 {
        level.bucket(of: local([time])[0])
    }

    /// The start of bucket `bucket` of `level`; nil for `all`.
    public func start(of bucket: Int64, _ level: BucketLevel) -> Timestamp? {
        guard let start = level.start(of: bucket) else { return nil }
        switch self {
        case .utc: return Timestamp(nanoseconds: start)
        case .named(let rules): return Timestamp(nanoseconds: rules.first(local: start))
        }
    }

    /// The span from the first moment in bucket `bucket` of `level` to the end of the last, in nanoseconds since 1970, clamped
    /// to the range of times. Where clocks are set back across midnight, the spans of two days overlap.
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
