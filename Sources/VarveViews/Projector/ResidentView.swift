internal import VarveProjections

/// The buckets of a view that its projector is changing, in memory: read from the store when they are first touched, kept for
/// the next commit, and let go of when they are many.
///
/// The coarser buckets that are shown as rows stand beside them: a new event is merged into its hour and into its day, and the
/// hours of a day are read once.
struct ResidentView {
    /// The number of its cells in the store.
    let view: Int64
    let definition: ViewDefinition
    private var levels: [Level]

    /// The buckets of one level.
    private struct Level {
        let table: ShownTable
        var state: ViewState
        /// Buckets that are in `state` as they are in the store.
        var loaded: Set<Int64> = []
    }

    /// Cells of one view that stay in memory between commits.
    static let cellsKept = 100_000

    init(_ definition: ViewDefinition, view: Int64) {
        self.view = view
        self.definition = definition
        levels = ShownTable.all(definition).map { table in
            Level(table: table, state: ViewState(definition, level: table.level))
        }
    }

    /// Merges newly folded events and returns which cells and rows of the store they change.
    mutating func merge(_ delta: ViewState, from store: StoreWriter) throws(ViewError) -> ViewChange {
        var change = ViewChange(view: view, definition: definition)
        for index in levels.indices {
            let level = levels[index].state.level
            let own = delta.coarsened(to: level)
            let missing = own.buckets.filter { !levels[index].loaded.contains($0) }
            if !missing.isEmpty {
                let ranges = missing.map { definition.permanentLevel.buckets(of: $0, level) }
                let fine = try store.state(definition, view: view, ranges)
                levels[index].state.merge(fine.coarsened(to: level))
                levels[index].loaded.formUnion(missing)
                // What was read is no change.
                _ = levels[index].state.takeChanges(cells: false, rows: false)
            }
            levels[index].state.merge(own)
            let isFinest = level == definition.permanentLevel
            let (cells, rows) = levels[index].state.takeChanges(cells: isFinest, rows: true)
            change.cells += cells
            change.rows.append((levels[index].table, rows))
        }
        return change
    }

    /// Forgets what is in memory: it is in the store, or was not committed.
    mutating func reset() {
        self = ResidentView(definition, view: view)
    }

    /// Lets go of everything when it has become much.
    mutating func trim() {
        if levels.contains(where: { $0.state.cellCount > Self.cellsKept }) { reset() }
    }
}

extension BucketLevel {
    /// The buckets of this level that bucket `bucket` of a coarser one is made of.
    func buckets(of bucket: Int64, _ coarser: BucketLevel) -> ClosedRange<Int64> {
        guard coarser != self else { return bucket...bucket }
        guard let fine = nanoseconds, let coarse = coarser.nanoseconds else { return .min ... .max }
        let factor = coarse / fine
        let (first, overflow) = bucket.multipliedReportingOverflow(by: factor)
        let (last, lastOverflow) = first.addingReportingOverflow(factor - 1)
        if overflow { return bucket < 0 ? .min ... .min : .max ... .max }
        return first...(lastOverflow ? .max : last)
    }
}
