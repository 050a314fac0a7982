// Evaluates a filter over the columns of a batch. Strings are compared once per dictionary entry, not once per row.

internal import VarveBatchFormat
internal import VarveEvents

extension LogFilter {
    /// The columns needed to evaluate the filter.
    var selection: ColumnSelection {
        var keys = Set(members.map(\.column.key))
        for condition in conditions { keys.formUnion(condition.keys) }
        return ColumnSelection(keys: keys, times: needsTimes, observed: false)
    }

    /// The rows that match; nil for all of them. The batch must have the columns of `selection`.
    func matches(_ batch: EventBatch) -> Bitmap? {
        guard !isEmpty else { return nil }
        // Work by position first, because columns are stored in group order.
        var mask = [Bool](repeating: true, count: batch.rowCount)
        for group in batch.groups where !matches(signal: group.signal) {
            for position in group.positions { mask[position] = false }
        }
        for (column, value) in members { FieldCondition(column.key.name, .equal, .text(value)).narrow(&mask, batch) }
        for condition in conditions { condition.narrow(&mask, batch) }
        var rows = Bitmap(count: batch.rowCount)
        guard mask.contains(true) else { return rows }
        let rowOfPosition = batch.rowsByPosition()
        let low = from?.nanoseconds ?? .min
        let high = to?.nanoseconds ?? .max
        for position in mask.indices where mask[position] {
            let row = Int(rowOfPosition[position])
            if needsTimes {
                let time = batch.times[row]
                guard time >= low, time < high || to == nil else { continue }
            }
            rows[row] = true
        }
        return rows
    }
}

extension FieldCondition {
    /// Clears the positions of events that do not match.
    fileprivate func narrow(_ mask: inout [Bool], _ batch: EventBatch) {
        let test = self.test
        if isOfSignal {
            for group in batch.groups where !test.holds(.string(group.signal)) {
                for position in group.positions { mask[position] = false }
            }
            return
        }
        // For each position, whether its value passes. A position without a value passes if the test holds for absence.
        var found = [Bool](repeating: test.holdsForAbsent, count: mask.count)
        for key in keys {
            guard let column = batch.column(key) else { continue }
            let matching = Self.matches(column.values, key.type, test)
            if case .all = column.presence {
                for position in mask.indices { found[position] = matching[position] }
                continue
            }
            let positions = column.positionsPresent(rowCount: batch.rowCount, groups: batch.groups)
            for (index, position) in positions.enumerated() { found[Int(position)] = matching[index] }
        }
        for position in mask.indices where !found[position] { mask[position] = false }
    }

    /// For each value, whether it passes.
    private static func matches(_ values: ColumnValues, _ type: ValueType, _ test: FieldTest) -> [Bool] {
        guard case .strings(let codes, let table) = values else {
            return (0..<values.count).map { test.holds(values.value(at: $0, type: type)) }
        }
        return codes.map((0..<table.count).map { test.holds(type == .json ? .json(table[$0]) : .string(table[$0])) })
    }
}
