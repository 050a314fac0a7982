internal import VarveProjections

/// The rows of one entry of a sequential projection.
struct ShownEntry: Hashable, Sendable {
    var key: [UInt8]
    /// The rows per table of the projection; empty when the entry has been removed.
    var rows: [[[ViewValue]]]
}

extension SequentialState {
    /// The rows of all entries.
    func shownEntries() -> [ShownEntry] {
        entries().map { ShownEntry(key: $0.key, rows: rows(ofKey: $0.key)) }
    }
}
