internal import VarveBatchFormat
internal import VarveEvents
internal import VarveLog

extension LogReader {
    /// The append time of the last event below `end`; nil when there is none from `first` on, or it cannot be read.
    func appended(below end: Offset, from first: Offset) throws -> Timestamp? {
        guard end > first else { return nil }
        if let last = try segments().last(where: { $0.firstOffset < end }), last.endOffset == end, let observed = last.observed {
            return observed.upperBound
        }
        var newest: Int64?
        let select = ColumnSelection(keys: [], times: false, observed: true)
        try scan((end.value - 1)..<end.value, select: select) { newest = $0.observed.last }
        return newest.map { Timestamp(nanoseconds: $0) }
    }
}
