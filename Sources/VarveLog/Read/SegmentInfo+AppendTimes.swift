internal import VarveDisk
public import VarveEvents

extension [SegmentInfo] {
    /// The same segments with append times that can be believed, and that never go back: what retention and questions about the
    /// past go by. O(segments).
    ///
    /// A clock may have been wrong for a while. What was stamped with a time that is still to come at `now`, or from before there
    /// were clocks, gets the earliest time of the first segment behind it that can be believed: its events were appended before
    /// that. What was stamped too early gets the latest time before it. Nothing gets older by this than it can be.
    public func settled(at now: Timestamp) -> [SegmentInfo] {
        let (bound, overflow) = now.nanoseconds.addingReportingOverflow(EventLimits.clockToleranceNanoseconds)
        let isBelieved = { (times: ClosedRange<Timestamp>) -> Bool in
            times.lowerBound >= EventLimits.earliestTime && (overflow || times.upperBound.nanoseconds <= bound)
        }
        var settled = self
        /// The earliest time that can be believed, of this segment or of the first one behind it that has one.
        var behind: Timestamp?
        for index in indices.reversed() {
            guard let times = self[index].observed else { continue }
            if isBelieved(times) {
                behind = times.lowerBound
            } else if let behind {
                settled[index].observed = behind...behind
            }
        }
        var latest: Timestamp?
        for index in indices {
            guard let times = settled[index].observed else { continue }
            let (low, high) = (latest.map { Swift.max($0, times.lowerBound) } ?? times.lowerBound, times.upperBound)
            settled[index].observed = low...Swift.max(low, high)
            if isBelieved(times) { latest = Swift.max(latest ?? high, high) }
        }
        return settled
    }
}
