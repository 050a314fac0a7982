internal import VarveEvents
internal import VarveHash

/// A batch being folded: data shared by all views, computed on first use.
final class BatchFold {
    let batch: EventBatch
    let plan: FoldPlan
    let scratch: FoldScratch
    let finest: BucketLevel
    let runs: BatchRuns
    private var fields: [FieldCodes?]
    private var rowSets: [RowSet?]
    private var cellCodes: [(group: Int, fields: [Int], codes: CellCodes)] = []
    private(set) lazy var rowsByPosition = batch.rowsByPosition()

    /// For the plan's views in `zone`.
    init(_ batch: EventBatch, _ plan: FoldPlan, _ scratch: FoldScratch, zone: BucketZone) {
        var local = batch
        if zone != .utc { local.times = zone.local(batch.times) }
        self.batch = plan.clockFields.isEmpty ? batch : batch.withClock(plan.clockFields, local.times)
        self.plan = plan
        self.scratch = scratch
        finest = plan.targets.filter { $0.definition.zone == zone }.map(\.level).min() ?? .all
        runs = BatchRuns(local, level: finest)
        fields = [FieldCodes?](repeating: nil, count: plan.codedFields.count)
        rowSets = [RowSet?](repeating: nil, count: batch.groups.count)
    }

    func field(_ number: Int) -> FieldCodes {
        if let known = fields[number] { return known }
        let made = FieldCodes(plan.codedFields[number], batch)
        fields[number] = made
        return made
    }

    /// All rows of a group.
    func rows(ofGroup group: Int) -> RowSet {
        if let known = rowSets[group] { return known }
        let positions = batch.groups[group].positions
        let made = RowSet(
            group: group, start: positions.lowerBound, count: positions.count, positions: runs.order?[group],
            bounds: runs.bounds[group])
        rowSets[group] = made
        return made
    }

    /// The rows of `rows` that satisfy `condition`; nil if there are none.
    func rows(_ rows: RowSet, where condition: Condition?) -> RowSet? {
        switch condition?.verdict(batch, rows.group) ?? .always {
        case .always: rows
        case .never: nil
        case .some(let keep): rows.filtered(keep)
        }
    }

    /// One code per combination of the fields `numbers`. For whole groups, views share the result.
    func codes(_ rows: RowSet, _ numbers: [Int]) -> CellCodes {
        let isShared = rows === rowSets[rows.group]
        if isShared, let known = cellCodes.first(where: { $0.group == rows.group && $0.fields == numbers }) { return known.codes }
        let made = CellCodes(rows, numbers.map { field($0) })
        if isShared { cellCodes.append((rows.group, numbers, made)) }
        return made
    }

    /// The hash of the text of the value with code `code`; nil for an absent value.
    func hash(_ field: FieldCodes, _ code: UInt32) -> UInt64? {
        code == field.null ? nil : field.hash(code)
    }
}
