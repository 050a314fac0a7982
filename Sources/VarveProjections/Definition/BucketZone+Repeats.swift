internal import VarveEvents

extension BucketZone {
    /// The moments at which clocks are set back, and by how many nanoseconds. Local times of that length before such a moment
    /// occur again after it.
    public var setBacks: [(moment: Int64, length: Int64)] {
        guard case .named(let rules) = self else { return [] }
        var offset = rules.initial
        return rules.changes.compactMap { change in
            defer { offset = change.offset }
            let (moment, overflow) = change.second.multipliedReportingOverflow(by: 1_000_000_000)
            return change.offset < offset && !overflow ? (moment, (offset - change.offset) * 1_000_000_000) : nil
        }
    }

    /// The buckets of `level` that have local times from before and from after the clocks are set back at `moment`.
    public func repeated(_ setBack: (moment: Int64, length: Int64), _ level: BucketLevel) -> ClosedRange<Int64> {
        let first = bucket(of: setBack.moment &- setBack.length, level)
        return first...max(first, bucket(of: setBack.moment &- 1, level))
    }
}
