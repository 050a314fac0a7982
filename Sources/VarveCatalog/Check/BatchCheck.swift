public import VarveEvents

/// Compares the events of a batch with the descriptions of their signals, column by column.
///
/// A batch in which everything is right costs a comparison of counts per signal and field: whether as many values of a right type
/// are there as the signal has rows, and none of a wrong one. Only texts that must be one of a list are looked at, once per
/// different text. Rows are visited only where something is wrong.
public struct BatchCheck: Sendable {
    private let signals: [String: SignalDescription]

    public init(_ signals: [SignalDescription] = Catalog.signals) {
        self.signals = Dictionary(signals.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Checks all rows of `batch`. Of what is wrong, the first `limit` things are described.
    public func check(_ batch: EventBatch, policy: CheckPolicy = .lenient, limit: Int = 1_000) -> CheckResult {
        var found: [FieldFlag] = []
        for (number, group) in batch.groups.enumerated() {
            guard let signal = signals[group.signal] else { continue }
            let pass = GroupCheck(batch: batch, group: number, signal: signal)
            for field in signal.fields { found += pass.flags(of: field) }
        }
        var keep = Bitmap(count: batch.rowCount)
        for row in 0..<batch.rowCount { keep[row] = true }
        guard !found.isEmpty else { return CheckResult(flags: [], flagCount: 0, keep: keep) }
        let rows = batch.rowsByPosition()
        for index in found.indices { found[index].row = Int(rows[found[index].row]) }
        if policy == .strict { for flag in found { keep[flag.row] = false } }
        // Stable, so that the fields of a row keep their order.
        let sorted = found.indices.sorted { (found[$0].row, $0) < (found[$1].row, $1) }
        return CheckResult(flags: sorted.prefix(limit).map { found[$0] }, flagCount: found.count, keep: keep)
    }
}

/// One signal's rows of a batch. Flags hold positions in place of rows until the batch's order is known.
private struct GroupCheck {
    let batch: EventBatch
    let group: Int
    let signal: SignalDescription

    private var positions: Range<Int> { batch.groups[group].positions }

    func flags(of field: FieldDescription) -> [FieldFlag] {
        let right = Set(field.columns)
        var flags: [FieldFlag] = []
        var present = 0
        for column in columns(of: field) {
            let values = column.valueRange(ofGroup: group)
            if values.isEmpty { continue }
            if right.contains(column.key) {
                present += values.count
                if !field.allowed.isEmpty { flags += notAllowed(column, values, field) }
            } else {
                let places = positionsPresent(column)
                flags += places.map { flag($0, field, .wrongType(column.key.type)) }
            }
        }
        if field.isRequired, present < positions.count { flags += missing(field) }
        return flags
    }

    /// Every column that can hold the field, of right types and wrong.
    private func columns(of field: FieldDescription) -> [Column] {
        if let key = field.envelopeKey { return batch.column(key).map { [$0] } ?? [] }
        return batch.columns.filter { $0.key.scope == .attribute && $0.key.name == field.name }
    }

    private func missing(_ field: FieldDescription) -> [FieldFlag] {
        var has = Bitmap(count: positions.count)
        // A value of a wrong type is flagged as such, and not as missing too.
        for column in columns(of: field) {
            for position in positionsPresent(column) { has[position - positions.lowerBound] = true }
        }
        return positions.compactMap { has[$0 - positions.lowerBound] ? nil : flag($0, field, .missing) }
    }

    private func notAllowed(_ column: Column, _ values: Range<Int>, _ field: FieldDescription) -> [FieldFlag] {
        guard case .strings(let codes, let table) = column.values else { return [] }
        var verdicts = [Bool?](repeating: nil, count: table.count)
        var wrong: [Int] = []
        for index in values {
            let code = codes[index]
            let isAllowed = verdicts[code] ?? field.allowed.contains(table[code])
            verdicts[code] = isAllowed
            if !isAllowed { wrong.append(index) }
        }
        guard !wrong.isEmpty else { return [] }
        let places = positionsPresent(column)
        return wrong.map { index in
            let text = String(table[codes[index]].prefix(64))
            return flag(places[index - values.lowerBound], field, .notAllowed(text))
        }
    }

    /// The positions of this signal's rows that have a value in `column`, in order.
    private func positionsPresent(_ column: Column) -> [Int] {
        switch column.presence {
        case .all: Array(positions)
        case .groups(let bits): bits[group] ? Array(positions) : []
        case .positions(let bits): positions.filter { bits[$0] }
        }
    }

    private func flag(_ position: Int, _ field: FieldDescription, _ problem: FieldProblem) -> FieldFlag {
        FieldFlag(row: position, signal: signal.name, field: field, problem: problem)
    }
}
