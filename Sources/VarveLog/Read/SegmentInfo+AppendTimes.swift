internal import VarveDisk
public import VarveEvents

extension [SegmentInfo] {
    /// The same segments with plausible, monotonic append times, for retention and as-of queries. O(segments).
    ///
    /// A clock may have been wrong for a while. A segment stamped later than `now`, or before any clock existed, gets the
    /// earliest time of the first plausible segment after it: its events were appended before that. A segment stamped too early
    /// gets the latest time before it. No segment thereby appears older than it can be.
    public func withPlausibleTimes(at now: Timestamp) -> [SegmentInfo] {
        let (bound, overflow) = now.nanoseconds.addingReportingOverflow(EventLimits.clockToleranceNanoseconds)
        let isPlausible = { (times: ClosedRange<Timestamp>) -> Bool in
            times.lowerBound >= EventLimits.earliestTime && (overflow || times.upperBound.nanoseconds <= bound)
        }
        var adjusted = self
        /// The earliest plausible time of this segment or of the first one after it that has one.
        var following: Timestamp?
        for index in indices.reversed() {
            guard let times = self[index].observed else { continue }
            if isPlausible(times) {
                following = times.lowerBound
            } else if let following {
                adjusted[index].observed = following...following
            }
        }
        var latest: Timestamp?
        for index in indices {
            guard let times = adjusted[index].observed else { continue }
            let (low, high) = (latest.map { Swift.max($0, times.lowerBound) } ?? times.lowerBound, times.upperBound)
            adjusted[index].observed = low...Swift.max(low, high)
            if isPlausible(times) { latest = Swift.max(latest ?? high, high) }
        }
        return adjusted
    }
}
