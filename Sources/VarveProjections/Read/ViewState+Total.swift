extension ViewDefinition {
    /// The same view without dimensions and in one bucket: the definition of a total's state. It has the same columns.
    public var total: ViewDefinition {
        var total = self
        (total.dimensions, total.levels, total.zone) = ([], [.all], .utc)
        return total
    }

    /// Whether folding `total` gives the same result as merging all cells. A `top` measure keeps a limited number of values per
    /// cell, and the ones left out depend on the cells.
    public var hasExactTotal: Bool {
        !measures.contains { if case .topK = $0.kind { true } else { false } }
    }
}

extension ViewState {
    /// All cells merged into one, a state of `definition.total`. O(cells).
    public var total: ViewState {
        let view = definition.total
        let result = CellStore(view, .all)
        guard cellCount > 0 else { return ViewState(store: result) }
        let target = result.bucket(0)
        let cell = UInt32(truncatingIfNeeded: target.onlyCell())
        settle()
        for (_, cells) in store.sortedBuckets { target.absorb(cells, map: [UInt32](repeating: cell, count: cells.count)) }
        return ViewState(store: result)
    }
}
