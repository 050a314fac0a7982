import VarveLog

extension RecoveryReport {
    /// What opening the log found and did, as sentences; empty if the log was closed cleanly.
    var notes: [String] {
        var notes: [String] = []
        if manifestRebuilt { notes.append("the log's manifest could not be read and was rebuilt from the segments") }
        if segmentsReadForIDs > 0 {
            let count = segmentsReadForIDs.grouped
            notes.append("the index of event ids was incomplete, and was rebuilt from \(count) segments")
        }
        if tornBytes > 0 {
            let copies = tornCopies.isEmpty ? "" : "; a copy is in \(tornCopies.joined(separator: ", "))"
            notes.append("the log ended in an unacknowledged append: cut off \(tornBytes.byteSize)\(copies)")
        } else if cases.contains(where: { $0.label == "unpublished" }) {
            notes.append("the log was not closed: events after the last published offset were checked and synced again")
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
