internal import VarveProjections

/// The buckets of a view that its projector is changing, in memory: read from the store when they are first touched, kept for
/// the next commit, and let go of when they are many.
struct ResidentView {
    /// The number of its cells in the store.
    let view: Int64
    let definition: ViewDefinition
    private var state: ViewState
    /// Buckets that are in `state` as they are in the store.
    private var loaded: Set<Int64> = []

    /// Cells of one view that stay in memory between commits.
    static let cellsKept = 100_000

    init(_ definition: ViewDefinition, view: Int64) {
        self.view = view
        self.definition = definition
        state = ViewState(definition, level: definition.permanentLevel)
    }

    /// Merges newly folded events and returns which cells of the store they change.
    mutating func merge(_ delta: ViewState, from store: StoreWriter) throws(ViewError) -> [CellChange] {
        let missing = delta.buckets.filter { !loaded.contains($0) }
        if !missing.isEmpty {
            state.merge(try store.state(definition, view: view, buckets: missing))
            loaded.formUnion(missing)
        }
        state.merge(delta)
        return state.takeChanges()
    }

    /// Forgets what is in memory: it is in the store, or was not committed.
    mutating func reset() {
        self = ResidentView(definition, view: view)
    }

    /// Lets go of everything when it has become much.
    mutating func trim() {
        if state.cellCount > Self.cellsKept { reset() }
    }
}
