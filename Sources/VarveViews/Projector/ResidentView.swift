internal import VarveProjections

/// The buckets of a view that its projector is changing. They are read from the store when first touched, kept in memory for
/// the next commit, and dropped when they become too many.
///
/// Coarser buckets that have tables of rows are held as well: a new event is merged into its hour and its day, and the hours of
/// a day are read only once.
struct ResidentView {
    /// The id of the view in the store.
    let view: Int64
    let definition: ViewDefinition
    private var levels: [Level]

    /// The buckets of one level.
    private struct Level {
        let table: ShownTable
        var state: ViewState
        /// Buckets whose stored cells have been loaded into `state`.
        var loaded: Set<Int64> = []
    }

    /// The most cells of a view that stay in memory between commits.
    static let cellsKept = 100_000

    init(_ definition: ViewDefinition, view: Int64) {
        self.view = view
        self.definition = definition
        levels = ShownTable.all(definition).map { table in
            Level(table: table, state: ViewState(definition, level: table.level))
        }
    }

    /// Merges newly folded events and returns the changed cells and rows.
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
                // Loading buckets is not a change.
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

    /// Clears the memory: the contents are in the store or were not committed.
    mutating func reset() {
        self = ResidentView(definition, view: view)
    }

    /// Clears the memory when it holds too many cells.
    mutating func trim() {
        if levels.contains(where: { $0.state.cellCount > Self.cellsKept }) { reset() }
    }
}

extension BucketLevel {
    /// The buckets of this level that bucket `bucket` of a coarser level consists of.
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
