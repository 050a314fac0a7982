internal import VarveEvents
internal import VarveHash
internal import VarveProjections

/// What changes together.
struct StoreCommit {
    /// Views that were built anew: all their cells, instead of whatever is stored under their names.
    var rebuilt: [RebuiltView] = []
    var rebuiltSequential: [SequentialResult] = []
    /// Cells and rows of views that are stored already.
    var changes: [ViewChange] = []
    /// Entries of sequential projections that are stored already.
    var entries: [SequentialChange] = []
    /// Events that a sequential projection could not take.
    var poison: [PoisonRow] = []
    /// Whether the projector no longer stands before the event it stood before.
    var clearsPause = false
    var gaps: [Gap] = []
    /// Whether the gaps known so far go: when every view is built anew.
    var replacesGaps = false
    var checkpoint: Checkpoint
    /// All views that move with the checkpoint from now on; nil leaves that as it is.
    var kept: [KeptView]?
    /// Whether views that are not among the rebuilt ones go: what is stored is not of this log.
    var removesOthers = false
    /// Stored views whose rows are in no table yet.
    var unshown: [(view: AnyView, id: Int64)] = []
    /// Which versions readers see where somebody has said so; nil leaves the names of the SQL views as they are.
    var promoted: [String: Int]?
    /// Whether it is on disk when `commit` returns, if it changes anything.
    var durable = false
}

/// A view built from the log's beginning (or from what is left of it).
struct RebuiltView {
    var state: ViewState
    var completeFrom: Offset
}

/// What changed of a view that is stored by cells.
struct ViewChange {
    var view: Int64
    var definition: ViewDefinition
    var cells: [CellChange] = []
    /// Per bucket level that is shown.
    var rows: [(table: ShownTable, cells: [ShownCell])] = []
}

/// What changed of a sequential projection.
struct SequentialChange {
    var view: Int64
    var entries: [EntryChange]
    var tables: [ShownTable]
    /// Of entries that changed, and of those that change as time goes on.
    var rows: [ShownEntry]
    var newest: Timestamp?
    var tally: [UInt8]
}

/// A view that its projector keeps up.
struct KeptView {
    var name: String
    var fingerprint: SHA256Digest
}

/// The steps of a commit, for tests that stop it at each.
enum CommitStep: CaseIterable {
    case begun, othersFrozen, viewRemoved, viewAdded, cellWritten, gapWritten, tablesMade, rowsWritten, tablesNamed
    case checkpointWritten
}
