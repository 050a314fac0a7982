/// Changes of a state since the last call, for callers that store its cells or rows elsewhere.
extension ViewState {
    /// The cells that changed since the last call (or since the state was created), in canonical order; removals first.
    public mutating func takeChanges() -> [CellChange] {
        takeChanges(cells: true, rows: false).cells
    }

    /// The same, as cells, as shown rows, or both.
    public mutating func takeChanges(cells wantsCells: Bool, rows wantsRows: Bool) -> (cells: [CellChange], rows: [ShownCell]) {
        guard !store.changedBuckets.isEmpty || !store.removed.isEmpty else { return ([], []) }
        makeUnique()
        store.foldOverfull(store.changedBuckets.sorted(), exactly: true)
        let ranks = store.interners.map { $0.ranks() }
        var (changes, shown): ([CellChange], [ShownCell]) = ([], [])
        for (number, keys) in store.removed.sorted(by: { $0.key < $1.key }) {
            for key in keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                if wantsCells { changes.append(.removed(bucket: number, key: key)) }
                if wantsRows { shown.append(ShownCell(bucket: number, key: key, row: nil)) }
            }
        }
        let answer = AnswerRows(definition, ViewQuery(bucket: level))
        for number in store.changedBuckets.sorted() {
            guard let cells = store.buckets[number] else { continue }
            for cell in cells.sorted(ranks) where cells.changed[cell] {
                if wantsCells {
                    for column in cells.columns { column.willWrite(cell) }
                    changes.append(.set(cellState(number, cells, cell)))
                }
                if wantsRows { shown.append(shownCell(number, cells, cell, answer)) }
                cells.changed[cell] = false
            }
        }
        store.changedBuckets = []
        store.removed = [:]
        return (changes, shown)
    }

    /// All cells as shown to readers, in canonical order.
    public func shownCells() -> [ShownCell] {
        let exact = exactlyFolded()
        exact.store.settle()
        let ranks = exact.store.interners.map { $0.ranks() }
        let answer = AnswerRows(definition, ViewQuery(bucket: level))
        return exact.store.sortedBuckets.flatMap { number, cells in
            cells.sorted(ranks).map { exact.shownCell(number, cells, $0, answer) }
        }
    }

    private func shownCell(_ number: Int64, _ cells: BucketCells, _ cell: Int, _ answer: AnswerRows) -> ShownCell {
        ShownCell(
            bucket: number, key: cells.keyBytes(cell, store.interners),
            row: cells.weight(cell) == 0 ? nil : answer.row(store, cells, cell, bucket: number))
    }
}
