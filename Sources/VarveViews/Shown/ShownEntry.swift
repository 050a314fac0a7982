internal import VarveProjections

/// What readers see of one entry of a sequential projection.
struct ShownEntry: Hashable, Sendable {
    var key: [UInt8]
    /// Per table of the projection; none where the entry is gone.
    var rows: [[[ViewValue]]]
}

extension SequentialState {
    /// What readers see of all entries, by key.
    func shownEntries() -> [ShownEntry] {
        entries().map { ShownEntry(key: $0.key, rows: rows(ofKey: $0.key)) }
    }
}
