internal import VarveEvents

extension ViewState {
    /// The rows that answer `query`, in the order of time and dimension values. Rows whose counts are all zero are omitted.
    ///
    /// - Throws: `.cutsBucket` if the query's range begins or ends within a bucket, and other errors of invalid queries.
    public func rows(_ query: ViewQuery) throws(QueryError) -> [ViewRow] {
        try within(query).table(query).rows
    }

    /// The rows of all cells, which must belong to the query's range: cells are merged first, then the budget and derived
    /// columns are applied.
    public func table(_ query: ViewQuery) throws(QueryError) -> ViewTable {
        guard query.bucket >= level else {
            throw .bucketTooFine(query.bucket, view: definition.name, finest: level)
        }
        let names = definition.dimensions.map(\.name)
        for name in query.by ?? [] where !names.contains(name) {
            throw .unknownDimension(name, view: definition.name, known: names)
        }
        for filter in query.filters where filter.column(among: names) == nil {
            throw .unknownDimension(filter.dimension, view: definition.name, known: names)
        }
        let projection = AnswerRows(definition, query)
        // Keys beyond the storage budget are folded first, so that the result does not depend on the order of merges.
        let asked = coarsened(to: query.bucket).exactlyFolded()
        asked.settle()
        let projected = projection.project(asked.store)
        let folded = projection.applyBudget(to: projected)
        return ViewTable(rows: projection.rows(projected), folded: folded)
    }

    /// The buckets in the query's range.
    private func within(_ query: ViewQuery) throws(QueryError) -> ViewState {
        guard query.from != nil || query.to != nil else { return self }
        guard let cut = BucketCut(from: query.from, to: query.to, definition.zone, level) else {
            return ViewState(definition, level: level)
        }
        guard cut.ends.isEmpty else { throw .cutsBucket(level, view: definition.name) }
        return keeping(cut.buckets)
    }
}

/// The dimensions of an answer, and the conversion of cells to rows.
struct AnswerRows {
    let definition: ViewDefinition
    let query: ViewQuery
    /// The indexes of the dimensions shown.
    let shown: [Int]

    init(_ definition: ViewDefinition, _ query: ViewQuery) {
        self.definition = definition
        self.query = query
        shown = definition.dimensions.indices.filter { query.by?.contains(definition.dimensions[$0].name) ?? true }
    }

    /// The cells that pass the filters, merged over the dimensions that are not shown.
    func project(_ source: CellStore) -> CellStore {
        if shown.count == definition.dimensions.count, query.filters.isEmpty {
            // Copies of the cells, because the budget may replace buckets.
            let result = CellStore(definition, source.level)
            result.interners = source.interners
            result.buckets = source.buckets
            return result
        }
        var narrow = definition
        narrow.dimensions = shown.map { definition.dimensions[$0] }
        let result = CellStore(narrow, source.level)
        result.interners = shown.map { source.interners[$0] }
        let allowed = self.allowed(source)
        for (number, cells) in source.sortedBuckets {
            var map = [UInt32](repeating: .max, count: cells.count)
            let target = result.bucket(number)
            for cell in 0..<cells.count {
                if cell == cells.other {
                    guard query.filters.isEmpty else { continue }
                    map[cell] = UInt32(truncatingIfNeeded: shown.isEmpty ? target.onlyCell() : target.otherCell())
                    continue
                }
                let key = Array(cells.key(of: cell))
                guard zip(key, allowed).allSatisfy({ id, allowed in allowed?[Int(id)] ?? true }) else { continue }
                map[cell] = UInt32(truncatingIfNeeded: shown.map { key[$0] }.withUnsafeBufferPointer { target.cell($0) })
            }
            target.absorb(cells, map: map)
        }
        return result
    }

    /// Per dimension and value, whether the filters accept it; nil for a dimension without a filter.
    private func allowed(_ source: CellStore) -> [[Bool]?] {
        let names = definition.dimensions.map(\.name)
        return definition.dimensions.enumerated().map { index, dimension in
            let filters = query.filters.filter { $0.column(among: names) == dimension.name }.map { ($0, $0.condition.test) }
            if filters.isEmpty { return nil }
            let interner = source.interners[index]
            return (0..<UInt32(truncatingIfNeeded: interner.count)).map { id in
                let value = interner.value(id)
                return filters.allSatisfy { filter, test in filter.allows(value, test) }
            }
        }
    }

    /// Keeps the `budget` combinations with the largest counts over the whole answer and folds the rest; returns the number
    /// folded.
    func applyBudget(to store: CellStore) -> Int {
        guard !shown.isEmpty else { return 0 }
        var weights: [[UInt8]: Int64] = [:]
        for (_, cells) in store.sortedBuckets {
            for cell in 0..<cells.count where cell != cells.other {
                weights[cells.keyBytes(cell, store.interners), default: 0] &+= cells.weight(cell) ?? 1
            }
        }
        guard weights.count > definition.budget else { return 0 }
        let sorted = weights.sorted { left, right in
            left.value == right.value ? left.key.lexicographicallyPrecedes(right.key) : left.value > right.value
        }
        let kept = Set(sorted.prefix(max(0, definition.budget)).map(\.key))
        for (number, cells) in store.sortedBuckets {
            let made = BucketCells(store.definition, dimensionCount: shown.count)
            made.absorb(cells) { cell, key in
                guard kept.contains(cells.keyBytes(cell, store.interners)) else { return false }
                for (index, id) in cells.key(of: cell).enumerated() { key[index] = id }
                return true
            }
            store.buckets[number] = made
        }
        return weights.count - kept.count
    }

    func rows(_ store: CellStore) -> [ViewRow] {
        let ranks = store.interners.map { $0.ranks() }
        var rows: [ViewRow] = []
        for (number, cells) in store.sortedBuckets {
            let time = store.definition.zone.start(of: number, store.level)
            let seconds = seconds(of: number, store)
            for cell in cells.sorted(ranks) where cells.weight(cell) != 0 {
                rows.append(row(store, cells, cell, time, seconds))
            }
        }
        return rows
    }

    /// The row of one cell of bucket `number`.
    func row(_ store: CellStore, _ cells: BucketCells, _ cell: Int, bucket number: Int64) -> ViewRow {
        row(store, cells, cell, store.definition.zone.start(of: number, store.level), seconds(of: number, store))
    }

    private func row(
        _ store: CellStore, _ cells: BucketCells, _ cell: Int, _ time: Timestamp?, _ seconds: Double?
    ) -> ViewRow {
        var values: [NamedValue] = []
        let isOther = cell == cells.other
        for (index, dimension) in shown.enumerated() {
            let value =
                isOther
                ? .string(ViewValue.otherName)
                : store.interners[index].value(cells.keys[cell * shown.count + index])
            values.append(NamedValue(definition.dimensions[dimension].name, value))
        }
        var shownColumns: [NamedValue] = []
        var leftOut: [NamedCount] = []
        for (measure, column) in zip(definition.measures, cells.columns) {
            if case .quantiles(_, let statistics) = measure.kind {
                let shown = unsafeDowncast(column, to: QuantileColumn.self).values(cell, statistics.map(\.statistic))
                shownColumns += zip(statistics, shown).map { NamedValue($0.name, $1) }
            } else {
                shownColumns.append(NamedValue(measure.name, column.value(cell, .count)))
                if let sums = column as? SumColumn, sums.sums[cell].excluded > 0 {
                    leftOut.append(NamedCount(measure.name, sums.sums[cell].excluded))
                }
            }
        }
        let derived = definition.derived.map { NamedValue($0.name, value(of: $0.formula, shownColumns, cells, cell, seconds)) }
        return ViewRow(time: time, values: values + shownColumns + derived, isOther: isOther, leftOut: leftOut)
    }

    private func value(
        of formula: DerivedFormula, _ columns: [NamedValue], _ cells: BucketCells, _ cell: Int, _ seconds: Double?
    ) -> ViewValue {
        func sum(_ names: [String]) -> Double {
            names.reduce(0) { total, name in total + (columns.first { $0.name == name }?.value.number ?? 0) }
        }
        switch formula {
        case .ratio(let parts, let whole):
            let divisor = sum(whole)
            return divisor == 0 ? .null : .double(sum(parts) / divisor)
        case .mean(let name):
            guard let index = definition.measures.firstIndex(where: { $0.name == name }),
                let column = cells.columns[index] as? SumColumn, column.sums[cell].count > 0
            else { return .null }
            return .double(Double(column.sums[cell].micros) / 1e6 / Double(column.sums[cell].count))
        case .ratePerSecond(let name):
            guard let seconds, let number = columns.first(where: { $0.name == name })?.value.number else { return .null }
            return .double(number / seconds)
        }
    }

    /// The length of the part of a bucket that the answer covers: a day on which clocks change has 23 or 25 hours, and only the
    /// part inside the range counts. Nil for `all` without bounds.
    private func seconds(of number: Int64, _ store: CellStore) -> Double? {
        if store.level == .all, query.from == nil || query.to == nil { return nil }
        let span = store.definition.zone.span(of: number, store.level)
        let start = max(span.lowerBound, query.from?.nanoseconds ?? .min)
        let end = min(span.upperBound, query.to?.nanoseconds ?? .max)
        guard start < end else { return nil }
        return (Double(end) - Double(start)) / 1e9
    }
}

extension BucketCells {
    /// The cell of a bucket without dimensions.
    func onlyCell() -> Int {
        cell(UnsafeBufferPointer(start: nil, count: 0))
    }

    /// The sum of all counts of a cell; nil if it has no count measure.
    func weight(_ cell: Int) -> Int64? {
        columns.reduce(nil as Int64?) { sum, column in column.weight(cell).map { (sum ?? 0) &+ $0 } ?? sum }
    }
}
