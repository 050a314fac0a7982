/// The bucket lengths of views, finest first. Each bucket consists of whole buckets of the previous level.
public enum BucketLevel: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    case minute = 1
    case hour = 2
    case day = 3
    case all = 4

    /// Parses the name used on the command line and in view files.
    public init?(named name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    public var name: String {
        switch self {
        case .minute: "minute"
        case .hour: "hour"
        case .day: "day"
        case .all: "all"
        }
    }

    /// Nil for `all`.
    public var nanoseconds: Int64? {
        switch self {
        case .minute: 60_000_000_000
        case .hour: 3_600_000_000_000
        case .day: 86_400_000_000_000
        case .all: nil
        }
    }

    /// The number of the bucket that contains `time` (nanoseconds since 1970, UTC): whole buckets since 1970, negative before;
    /// 0 for `all`.
    public func bucket(of time: Int64) -> Int64 {
        guard let length = nanoseconds else { return 0 }
        let quotient = time / length
        return time % length < 0 ? quotient - 1 : quotient
    }

    /// The start of bucket `bucket`, in nanoseconds since 1970; nil for `all`, and if out of range.
    public func start(of bucket: Int64) -> Int64? {
        guard let length = nanoseconds else { return nil }
        let (start, overflow) = bucket.multipliedReportingOverflow(by: length)
        return overflow ? nil : start
    }

    /// The bucket of level `coarser` that contains bucket `bucket` of this level.
    public func coarsen(_ bucket: Int64, to coarser: BucketLevel) -> Int64 {
        guard coarser != self else { return bucket }
        guard let mine = nanoseconds, let theirs = coarser.nanoseconds else { return 0 }
        let factor = theirs / mine
        let quotient = bucket / factor
        return bucket % factor < 0 ? quotient - 1 : quotient
    }

    public static func < (left: BucketLevel, right: BucketLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
