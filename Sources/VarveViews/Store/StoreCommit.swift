internal import VarveEvents
internal import VarveHash
internal import VarveProjections

/// The changes of one transaction.
struct StoreCommit {
    /// Rebuilt views: all their cells, which replace whatever is stored under their names.
    var rebuilt: [RebuiltView] = []
    var rebuiltSequential: [SequentialResult] = []
    /// Changed cells and rows of stored views.
    var changes: [ViewChange] = []
    /// Changed entries of stored sequential projections.
    var entries: [SequentialChange] = []
    /// Events that a sequential projection could not process.
    var poison: [PoisonRow] = []
    /// Whether to remove the record of the event that the projector was paused at.
    var clearsPause = false
    var gaps: [Gap] = []
    /// Whether to replace the recorded gaps, which is the case when every view is rebuilt.
    var replacesGaps = false
    var checkpoint: Checkpoint
    /// All views that are maintained from now on; nil leaves that unchanged.
    var kept: [KeptView]?
    /// Whether to remove all views that are not rebuilt, because the store is not of this log.
    var removesOthers = false
    /// Stored views that have no tables of rows yet.
    var unshown: [(view: AnyView, id: Int64)] = []
    /// The promoted versions; nil leaves the names of the SQL views unchanged.
    var promoted: [String: Int]?
    /// Whether the commit must be on disk when `commit` returns, if it changes anything.
    var durable = false
}

/// A view folded from the beginning of the log, or from R.
struct RebuiltView {
    var state: ViewState
    var completeFrom: Offset
}

/// The changes of a view that is stored as cells.
struct ViewChange {
    var view: Int64
    var definition: ViewDefinition
    var cells: [CellChange] = []
    /// The changed rows per bucket level that has a table.
    var rows: [(table: ShownTable, cells: [ShownCell])] = []
}

/// The changes of a sequential projection.
struct SequentialChange {
    var view: Int64
    var entries: [EntryChange]
    var tables: [ShownTable]
    /// The rows of changed entries, and of entries that change with time.
    var rows: [ShownEntry]
    var newest: Timestamp?
    var tally: [UInt8]
}

/// A view that the projector maintains.
struct KeptView {
    var name: String
    /// The identity of its cells.
    var fingerprint: SHA256Digest
}

/// The steps of a commit, at which tests can interrupt it.
enum CommitStep: CaseIterable {
    case begun, othersFrozen, viewRemoved, viewAdded, cellWritten, gapWritten, tablesMade, rowsWritten, tablesNamed
    case checkpointWritten
}
