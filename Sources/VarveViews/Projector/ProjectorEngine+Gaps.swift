internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// Gaps between the checkpoint and the start of the log, and the append time of the event before an offset.
extension ProjectorEngine {
    /// Retention has removed the next events: records a visible gap and continues where the log begins.
    mutating func skipRemoved() throws(ViewError) {
        let first = try typed(at: "log") { try reader.retained() }
        guard first > checkpoint.offset else { return }
        var next = checkpoint
        next.offset = first
        next.stamp = try stamp(before: first)
        var commit = StoreCommit(checkpoint: next)
        commit.gaps = [Gap(offsets: checkpoint.offset.value..<first.value, reason: "removed by retention before it was read")]
        commit.durable = true
        try store.commit(commit)
        note(commit, events: 0)
        progress.notes.append(
            "events \(commit.gaps[0].offsets) were removed before this projector read them; its views lack them")
    }

    /// The append time of the event before `offset`; nil when there is none or it cannot be read.
    func stamp(before offset: Offset) throws(ViewError) -> Timestamp? {
        guard offset.value > 0 else { return nil }
        do {
            return try typed(at: "log") {
                var stamp: Timestamp?
                let select = ColumnSelection(keys: [], times: false, observed: true)
                try reader.scan(offset.value - 1..<offset.value, select: select) { batch in
                    stamp = batch.observed.last.map { Timestamp(nanoseconds: $0) }
                }
                return stamp
            }
        } catch let error where error.code == .expired {
            return nil
        }
    }
}
