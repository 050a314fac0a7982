extension ViewDefinition {
    /// The same view without dimensions and in one bucket: what a total is a state of. Its columns are the view's.
    public var total: ViewDefinition {
        var total = self
        (total.dimensions, total.levels, total.zone) = ([], [.all], .utc)
        return total
    }

    /// Whether folding `total` gives what merging all cells gives. Of most frequent values a cell keeps so many only, and which
    /// ones are left out then depends on the cells.
    public var hasExactTotal: Bool {
        !measures.contains { if case .topK = $0.kind { true } else { false } }
    }
}

extension ViewState {
    /// All cells as one, a state of `definition.total`. O(cells).
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
