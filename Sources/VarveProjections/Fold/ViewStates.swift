public import VarveEvents

/// The states of all views of a plan: folds batches in one pass, and merges with other states of the same plan. A value type:
/// states can be folded on different threads and merged afterwards, in any order, to the same bytes.
public struct ViewStates: Sendable {
    public let plan: FoldPlan
    /// One per target of the plan.
    private var states: [ViewState]
    private var scratch = FoldScratch()

    /// Empty states.
    public init(_ plan: FoldPlan) {
        self.plan = plan
        states = plan.targets.map { ViewState($0.definition, level: $0.level) }
    }

    /// Clears the states; per-column data computed for the next batch is kept.
    public mutating func clear() {
        states = plan.targets.map { ViewState($0.definition, level: $0.level) }
    }

    /// Continues from stored states; views without one start empty.
    public init(_ plan: FoldPlan, _ stored: [ViewState]) {
        self.init(plan)
        for (index, target) in plan.targets.enumerated() {
            if let state = stored.first(where: { $0.level == target.level && $0.definition == target.definition }) {
                states[index] = state
            }
        }
    }

    /// Adds the events of `batch`, which must contain its times and the plan's columns. `last` measures also use the batch's
    /// offsets.
    public mutating func fold(_ batch: EventBatch) {
        guard batch.rowCount > 0 else { return }
        precondition(batch.times.count == batch.rowCount, "a batch of \(batch.rowCount) rows has \(batch.times.count) times")
        if !isKnownUniquelyReferenced(&scratch) { scratch = FoldScratch() }
        for zone in plan.zones { fold(batch, zone) }
    }

    private mutating func fold(_ batch: EventBatch, _ zone: BucketZone) {
        let fold = BatchFold(batch, plan, scratch, zone: zone)
        for index in states.indices where plan.zones.count == 1 || plan.targets[index].definition.zone == zone {
            states[index].makeUnique()
            var target = TargetFold(fold, plan.targets[index], states[index].store)
            target.run()
        }
    }

    /// Merges `other`, which has the same views and levels.
    public mutating func merge(_ other: ViewStates) {
        precondition(other.states.count == states.count, "states of different plans are merged")
        for index in states.indices { states[index].merge(other.states[index]) }
    }

    /// Merges the stored state of a single view.
    public mutating func merge(_ state: ViewState) {
        for index in states.indices where states[index].level == state.level && states[index].definition == state.definition {
            states[index].merge(state)
        }
    }

    /// Brings one share of the cells into their final form, which the first reader would otherwise do. Shares of the same
    /// states may be settled on different threads at the same time.
    public func settle(share: Int, of shares: Int) {
        for state in states {
            for (index, bucket) in state.store.sortedBuckets.enumerated() where index % shares == share { bucket.cells.settle() }
        }
    }

    /// The state of the view `name`, at its permanent level by default.
    public func state(of name: String, level: BucketLevel? = nil) -> ViewState? {
        states.first { $0.definition.name == name && $0.level == level ?? $0.definition.permanentLevel }
    }

    /// The state of one view; several versions of a name may be folded together.
    public func state(of view: ViewDefinition, level: BucketLevel? = nil) -> ViewState? {
        states.first { $0.level == level ?? view.permanentLevel && $0.definition == view }
    }

    /// All states, in the plan's order.
    public var all: [ViewState] { states }

    /// Per state, in the plan's order, the cells that changed since the last call.
    public mutating func takeChanges() -> [(view: String, level: BucketLevel, changes: [CellChange])] {
        states.indices.map { index in
            (states[index].definition.name, states[index].level, states[index].takeChanges())
        }
    }

    /// Removes the cells of `level` before `bucket`, for all views stored at that level.
    public mutating func removeBuckets(before bucket: Int64, level: BucketLevel) {
        for index in states.indices where states[index].level == level { states[index].removeBuckets(before: bucket) }
    }
}
