// Segments need not tile the log: recovery may have recorded lost offsets that no segment holds, and retention may remove
// segments while a fold is planned. Such ranges must not be skipped silently. They become parts of a fold like any other, and
// scanning them reports the damage or throws that they were removed.

internal import VarveEvents
internal import VarveLog

extension [SegmentInfo] {
    /// The parts of `range` that no segment covers: offsets that were lost, or that retention removed after the range was
    /// chosen. The segments must be in offset order.
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
