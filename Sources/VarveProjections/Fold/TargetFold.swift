internal import VarveEvents
internal import VarveHash

/// Folds one batch into one view: selects the rows of each group for each measure, and maps codes to cells.
struct TargetFold {
    let fold: BatchFold
    let target: FoldPlan.Target
    let store: CellStore
    private let runs: [LevelRun]
    /// Per run, its cells, created on first use.
    private var buckets: [BucketCells?]
    /// Per dimension and code of its field, the number of the value in the store; `UInt32.max` until needed.
    private var translations: [[UInt32]]
    private var key: [UInt32]

    init(_ fold: BatchFold, _ target: FoldPlan.Target, _ store: CellStore) {
        self.fold = fold
        self.target = target
        self.store = store
        runs = fold.runs.coarsened(from: fold.finest, to: target.level)
        buckets = [BucketCells?](repeating: nil, count: runs.count)
        translations = target.dimensions.map { _ in [] }
        key = [UInt32](repeating: 0, count: target.dimensions.count)
    }

    /// Folds all groups of the batch.
    mutating func run() {
        for group in fold.batch.groups.indices where target.definition.signals.matches(fold.batch.groups[group].signal) {
            guard let rows = fold.rows(fold.rows(ofGroup: group), where: target.definition.filter) else { continue }
            run(rows)
        }
        foldDistinctWithoutDimensions()
        var overfull: Set<Int64> = []
        for (run, cells) in zip(runs, buckets) {
            guard let cells else { continue }
            for column in cells.columns { column.settleIfLarge() }
            if cells.isOverfull { overfull.insert(run.bucket) }
        }
        store.foldOverfull(overfull.sorted(), exactly: false)
    }

    /// Measures on the same rows share the counting of codes and the mapping to cells.
    private mutating func run(_ rows: RowSet) {
        var jobs: [(rows: RowSet, jobs: [MeasureJob])] = []
        func add(_ rows: RowSet, _ job: MeasureJob) {
            if let index = jobs.firstIndex(where: { $0.rows === rows }) {
                jobs[index].jobs.append(job)
            } else {
                jobs.append((rows, [job]))
            }
        }
        for (index, measure) in target.definition.measures.enumerated() {
            guard let chosen = measure.condition == nil ? rows : fold.rows(rows, where: measure.condition) else { continue }
            switch measure.kind {
            case .count: add(chosen, .count(measure: index))
            case .sum(let field), .min(let field), .max(let field), .quantiles(let field, _):
                for part in NumberSpan.all(of: field, chosen, fold.batch) {
                    add(part.rows, .number(measure: index, part.numbers))
                }
                guard case .sum = measure.kind, let part = NumberSpan.others(of: [field], chosen, fold.batch) else { continue }
                add(part.rows, .number(measure: index, part.numbers))
            case .product(let fields):
                let parts = [
                    NumberSpan.products(of: fields, chosen, fold.batch), NumberSpan.others(of: fields, chosen, fold.batch),
                ]
                for part in parts.compactMap({ $0 }) { add(part.rows, .number(measure: index, part.numbers)) }
            case .last: foldLast(index, chosen)
            case .distinct:
                if target.dimensions.isEmpty { continue }
                foldValues(index, chosen)
            case .topK, .combinations: foldValues(index, chosen)
            }
        }
        for (rows, jobs) in jobs { run(rows, jobs) }
    }

    private mutating func run(_ rows: RowSet, _ jobs: [MeasureJob]) {
        let codes = fold.codes(rows, target.dimensions)
        let tables = fold.scratch.tables(codes.limit)
        for (index, run) in runs.enumerated() {
            let range = rows.range(run)
            if range.isEmpty { continue }
            let cells = bucket(index)
            let found = tables.count(codes, range)
            resolve(codes, tables, found, cells)
            for job in jobs { job.run(cells, codes, range, tables, found, fold.scratch) }
            tables.clear(found)
        }
    }

    /// Writes the cell of each of the `found` codes to `tables.cells`.
    private mutating func resolve(_ codes: CellCodes, _ tables: CodeTables, _ found: Int, _ cells: BucketCells) {
        let width = key.count
        let ids = fold.scratch.ids(found * width)
        var varying = 0
        for dimension in 0..<width {
            if let constant = codes.constants[dimension] {
                let id = translate(constant, dimension)
                for index in 0..<found { ids[index * width + dimension] = id }
            } else {
                for index in 0..<found {
                    let code = codes.varyingCode(Int(tables.touched[index]), varying)
                    ids[index * width + dimension] = translate(code, dimension)
                }
                varying += 1
            }
        }
        cells.resolve(ids, found, tables.touched, tables.cells)
    }

    private mutating func bucket(_ index: Int) -> BucketCells {
        if let known = buckets[index] { return known }
        let made = store.bucket(runs[index].bucket)
        buckets[index] = made
        return made
    }

    /// The cell of one combination.
    private mutating func cell(_ codes: CellCodes, _ code: Int, in cells: BucketCells) -> Int {
        var varying = 0
        for dimension in key.indices {
            let fieldCode = codes.fieldCode(code, dimension, varying: &varying)
            key[dimension] = translate(fieldCode, dimension)
        }
        return key.withUnsafeBufferPointer { cells.cell($0) }
    }

    private mutating func translate(_ code: UInt32, _ dimension: Int) -> UInt32 {
        let index = Int(code)
        if index < translations[dimension].count {
            let known = translations[dimension][index]
            if known != .max { return known }
        }
        let field = fold.field(target.dimensions[dimension])
        let missing = max(field.count, index + 1) - translations[dimension].count
        if missing > 0 { translations[dimension] += [UInt32](repeating: .max, count: missing) }
        let id = field.withKeyBytes(code) { store.interners[dimension].intern($0) }
        translations[dimension][index] = id
        return id
    }

    // MARK: Measures of values

    /// Distinct values and most frequent values: the values are additional fields of the combination.
    private mutating func foldValues(_ measure: Int, _ rows: RowSet) {
        let fields = target.coded[measure].map { fold.field($0) }
        let isTop = if case .topK = target.definition.measures[measure].kind { true } else { false }
        let codes = fold.codes(rows, target.dimensions + target.coded[measure])
        var values = [UInt32](repeating: 0, count: fields.count)
        let tables = fold.scratch.tables(codes.limit)
        for (index, run) in runs.enumerated() {
            let range = rows.range(run)
            if range.isEmpty { continue }
            let found = tables.count(codes, range)
            for touched in 0..<found {
                let code = Int(tables.touched[touched])
                var varying = 0
                for dimension in key.indices { _ = codes.fieldCode(code, dimension, varying: &varying) }
                for place in fields.indices {
                    values[place] = codes.fieldCode(code, key.count + place, varying: &varying)
                }
                if fields.indices.allSatisfy({ values[$0] == fields[$0].null }) { continue }
                let cells = bucket(index)
                let cell = self.cell(codes, code, in: cells)
                if isTop {
                    let column = unsafeDowncast(cells.columns[measure], to: TopColumn.self)
                    column.add(cell, fields[0], values[0], Int64(tables.counts[code]))
                } else if let hash = hash(fields, values) {
                    unsafeDowncast(cells.columns[measure], to: DistinctColumn.self).sets[cell].insert(hash)
                }
            }
            tables.clear(found)
        }
    }

    /// The hash of one value's text, or of several values' concatenated key bytes, none of which is a prefix of another.
    private func hash(_ fields: [FieldCodes], _ values: [UInt32]) -> UInt64? {
        if fields.count == 1 { return fold.hash(fields[0], values[0]) }
        var bytes: [UInt8] = []
        for (field, value) in zip(fields, values) { bytes += field.keyBytes(value) }
        return bytes.withUnsafeBytes { XXH3.hash64($0) }
    }

    /// Without dimensions, the rows of all groups in a run share one cell: the codes of all groups are marked first, so that a
    /// value is looked up once per run and not once per run and group.
    private mutating func foldDistinctWithoutDimensions() {
        guard target.dimensions.isEmpty else { return }
        for (index, measure) in target.definition.measures.enumerated() {
            guard case .distinct = measure.kind, let number = target.coded[index].first else { continue }
            let field = fold.field(number)
            let sets = fold.batch.groups.indices.compactMap { group -> (RowSet, CodeSpan)? in
                guard target.definition.signals.matches(fold.batch.groups[group].signal),
                    let rows = fold.rows(fold.rows(ofGroup: group), where: target.definition.filter),
                    let chosen = fold.rows(rows, where: measure.condition)
                else { return nil }
                return (chosen, field.span(group).gathered(chosen.positions))
            }
            // The code for absent values is created by the first access, and needs an entry too.
            let null = field.null
            var marks = [Bool](repeating: false, count: field.count)
            var found = [UInt32](repeating: 0, count: field.count + 1)
            var hashes: [UInt64] = []
            for run in runs.indices {
                var count = 0
                for (rows, span) in sets {
                    let range = rows.range(runs[run])
                    if !range.isEmpty { span.collect(range, &marks, &found, &count) }
                }
                hashes.removeAll(keepingCapacity: true)
                field.prepareHashes(count)
                for index in 0..<count {
                    let code = found[index]
                    marks[Int(code)] = false
                    if code != null { hashes.append(field.hash(code)) }
                }
                if hashes.isEmpty { continue }
                let cells = bucket(run)
                let cell = key.withUnsafeBufferPointer { cells.cell($0) }
                unsafeDowncast(cells.columns[index], to: DistinctColumn.self).sets[cell].insert(contentsOf: hashes)
            }
        }
    }

    private mutating func foldLast(_ measure: Int, _ rows: RowSet) {
        guard let number = target.coded[measure].first else { preconditionFailure("measure \(measure) has no field") }
        let field = fold.field(number)
        let codes = fold.codes(rows, target.dimensions)
        let values = field.span(rows.group).widened(rows)
        let cellCodes = codes.span.widened(0..<rows.count)
        for (index, run) in runs.enumerated() {
            for row in rows.range(run) where values[row] != field.null {
                let position = rows.start + (rows.positions.map { Int($0[row]) } ?? row)
                let batchRow = Int(fold.rowsByPosition[position])
                let time = fold.batch.times[batchRow]
                let offset = fold.batch.offset(ofRow: batchRow).value
                let cells = bucket(index)
                let cell = self.cell(codes, Int(cellCodes[row]), in: cells)
                let column = unsafeDowncast(cells.columns[measure], to: LastColumn.self)
                if column.isLater(cell, time: time, offset: offset) {
                    column.values[cell] = LastColumn.Last(time: time, offset: offset, key: field.keyBytes(values[row]))
                }
            }
        }
    }
}
