import VarveLog

extension RecoveryReport {
    /// What opening the log found and did, in sentences; none when the log had been closed well.
    var notes: [String] {
        var notes: [String] = []
        if manifestRebuilt { notes.append("the log's manifest could not be read and was made anew from the segments") }
        if segmentsReadForIDs > 0 {
            let count = segmentsReadForIDs.grouped
            notes.append("the index of event ids was missing in part, and was made anew from \(count) segments")
        }
        if tornBytes > 0 {
            let copies = tornCopies.isEmpty ? "" : "; a copy is in \(tornCopies.joined(separator: ", "))"
            notes.append("the log ended amid an append that was never acknowledged: cut off \(tornBytes.byteSize)\(copies)")
        } else if cases.contains(where: { $0.label == "unpublished" }) {
            notes.append("the log was not closed: what stood behind the last published offset was checked and synced again")
        }
        for path in quarantined {
            notes.append("\(path): it does not belong to this log, or cannot be read, and was moved here")
        }
        for range in damaged.prefix(Self.shownMax) { notes.append("damaged: \(range)") }
        if damaged.count > Self.shownMax { notes.append("… and \((damaged.count - Self.shownMax).grouped) more damaged ranges") }
        return notes
    }

    private static let shownMax = 20
}
