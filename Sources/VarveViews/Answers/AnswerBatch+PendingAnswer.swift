internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// From a request to an empty answer, and from collected states to rows.
extension PendingAnswer {
    init(_ request: ViewRequest, _ durable: Offset) throws(ViewError) {
        self.request = request
        var zone = BucketZone.utc
        var bucket: BucketLevel?
        switch request.view {
        case .mergeable(let definition):
            let level = request.bucket ?? max(.hour, definition.permanentLevel)
            let isKept = level >= definition.permanentLevel || definition.levels.contains(level)
            guard isKept || request.source == .fold else {
                let error = QueryError.bucketTooFine(level, view: definition.name, finest: definition.permanentLevel)
                throw ViewError(.badQuery, error.description)
            }
            guard request.table == nil else {
                throw ViewError(.badQuery, "View \(definition.name) has no tables.")
            }
            mergeable = MergeableAnswer(
                definition: definition, bucket: level, cut: definition.cut(from: request.from, to: request.to),
                state: ViewState(definition, level: min(level, definition.permanentLevel)))
            (zone, bucket) = (definition.zone, level)
        case .sequential(let projection):
            guard request.bucket == nil, request.by == nil else {
                throw ViewError(.badQuery, "\(projection.name) is a sequential view: it has tables and no buckets or dimensions.")
            }
        }
        let isPast = request.asOf.map { $0 != .now } ?? false
        answer = ViewAnswer(
            view: request.view.name, version: request.view.version, columns: [], rows: [], bucket: bucket, zone: zone,
            offset: durable, durable: durable, isPast: isPast, from: request.from, to: request.to, completeFrom: Offset(0))
    }

    /// The projector whose store may have the answer.
    var projector: String? {
        guard isOpen, request.asOf == nil else { return nil }
        if let mergeable, mergeable.bucket < mergeable.definition.permanentLevel { return nil }
        return switch request.source {
        case .kept(let name), .keptOrLog(let name): name
        case .log, .fold: nil
        }
    }

    /// Whether the answer must come from the store.
    var isStrict: Bool { if case .kept = request.source { true } else { false } }

    mutating func add(_ damaged: Set<DamagedRange>) {
        let new = damaged.filter { !answer.damaged.contains($0) }
        answer.damaged += new.sorted { left, right in
            (left.offsets.lowerBound, left.bytes.lowerBound) < (right.offsets.lowerBound, right.bytes.lowerBound)
        }
        answer.gaps += answer.damaged.filter { !$0.offsets.isEmpty }.map { Gap(offsets: $0.offsets, reason: $0.reason) }
            .filter { !answer.gaps.contains($0) }
    }

    /// Sets the rows from the state of a sequential view.
    mutating func take(_ state: SequentialState) throws(ViewError) {
        let query = SequentialQuery(table: request.table, where: request.filters, from: request.from, to: request.to)
        let found = try typed(at: answer.view) { try state.table(query) }
        (answer.rows, answer.rowsDropped) = (found.rows, found.dropped)
        answer.columns = ViewColumn.all(of: found.table, found.rows)
        answer.tally = state.tally
        guard let things = state.projection as? EntityDefinition else { return }
        answer.changesKept = things.transitionsKept
        answer.lateUnapplied = try lateUnapplied(state, things)
    }

    /// The count for the requested entities, whichever table was requested.
    private func lateUnapplied(_ state: SequentialState, _ things: EntityDefinition) throws(ViewError) -> Int64 {
        let keys = Set(things.key.map(\.name))
        let filters = request.filters.filter { keys.contains($0.dimension) }
        let rows = try typed(at: answer.view) {
            try state.rows(SequentialQuery(where: filters, from: request.from, to: request.to))
        }
        return rows.reduce(0) { sum, row in
            if case .int(let count)? = row["late_unapplied"] { sum &+ count } else { sum }
        }
    }

    /// Computes the rows from the collected state, in the requested order.
    mutating func finish() throws(ViewError) {
        if let mergeable {
            let filters = try typed(at: answer.view) { try ViewFilters(request.filters, of: mergeable.definition) }
            let query = ViewQuery(
                bucket: mergeable.bucket, by: request.by, where: filters.ofCells, from: answer.from, to: answer.to)
            let table = try typed(at: answer.view) { try mergeable.state.table(query) }
            var rows = table.rows
            for hour in repeated { rows = try typed(at: answer.view) { try hour.split(rows, mergeable.definition, query) } }
            (answer.rows, answer.folded) = (rows.filter(filters.allows), table.folded)
            answer.columns = ViewColumn.all(of: mergeable.definition, mergeable.bucket, by: request.by)
            var leftOut: [NamedCount] = []
            for count in answer.rows.flatMap(\.leftOut) {
                if let index = leftOut.firstIndex(where: { $0.name == count.name }) {
                    leftOut[index].count &+= count.count
                } else {
                    leftOut.append(count)
                }
            }
            answer.leftOut = leftOut
        }
        let columns = answer.columns
        let measures =
            mergeable?.definition.columnNames
            ?? columns.filter { $0.kind == .integer || $0.kind == .number }.map(\.name)
        let shown = try typed(at: answer.view) {
            try request.order.apply(answer.rows, measures: measures, columns: columns.map(\.name), of: answer.view)
        }
        answer.rowsCut = answer.rows.count - shown.count
        answer.rows = shown
    }
}
