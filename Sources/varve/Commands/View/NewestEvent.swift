import VarveBatchFormat
import VarveEvents
import VarveLog
import VarveViews

/// The event time of the newest event of a log.
enum NewestEvent {
    /// Nil for a log without events. For sealed segments it is in the manifest.
    static func time(at data: String, asOf moment: AsOf?) throws -> Timestamp? {
        let reader = try LogReader.open(at: data)
        let end = try moment.map { try ViewHistory.open(at: data).offset($0) } ?? reader.durable()
        var newest = Int64.min
        for segment in try reader.segments() where segment.firstOffset < end {
            if let time = segment.time, segment.endOffset <= end {
                newest = max(newest, time.upperBound.nanoseconds)
                continue
            }
            let times = ColumnSelection(keys: [], times: true, observed: false)
            let range = segment.firstOffset.value..<min(segment.endOffset, end).value
            try reader.scan(range, select: times, onDamage: { _ in }) { batch in
                newest = max(newest, batch.times.max() ?? .min)
            }
        }
        return newest == .min ? nil : Timestamp(nanoseconds: newest)
    }
}
