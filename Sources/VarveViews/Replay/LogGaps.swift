// Segments need not tile the log: recovery marks offsets lost that no segment holds, and while somebody plans a fold retention
// may remove what it was to begin with. Nobody may pass over such stretches in silence; so they are parts of a fold like any
// other, and the scan of one reports its damage, or throws that it was removed.

internal import VarveEvents
internal import VarveLog

extension [SegmentInfo] {
    /// The stretches of `range` that no segment covers: offsets that recovery found lost, and those that retention removed after
    /// the range was chosen. Segments are in the order of their offsets.
    func gaps(in range: Range<UInt64>) -> [Range<UInt64>] {
        var gaps: [Range<UInt64>] = []
        var next = range.lowerBound
        for segment in self where segment.endOffset.value > next {
            guard segment.firstOffset.value < range.upperBound else { break }
            if next < segment.firstOffset.value { gaps.append(next..<segment.firstOffset.value) }
            next = segment.endOffset.value
        }
        if next < range.upperBound { gaps.append(next..<range.upperBound) }
        return gaps
    }
}
