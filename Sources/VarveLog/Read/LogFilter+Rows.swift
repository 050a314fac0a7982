// A filter held against the columns of a batch. Strings are compared once per entry of the dictionary, not once per row.

internal import VarveBatchFormat
internal import VarveEvents

extension LogFilter {
    /// What must be decoded to decide.
    var selection: ColumnSelection {
        var keys = Set(members.map(\.column.key))
        for condition in conditions { keys.formUnion(condition.keys) }
        return ColumnSelection(keys: keys, times: needsTimes, observed: false)
    }

    /// The rows that match; nil for all of them. The batch has at least the columns of `selection`.
    func matches(_ batch: EventBatch) -> Bitmap? {
        guard !isEmpty else { return nil }
        // By position first: columns stand in group order.
        var mask = [Bool](repeating: true, count: batch.rowCount)
        for group in batch.groups where !matches(signal: group.signal) {
            for position in group.positions { mask[position] = false }
        }
        for (column, value) in members { FieldCondition(column.key.name, .equal, value).narrow(&mask, batch) }
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
        var found = [Bool](repeating: false, count: mask.count)
        for key in keys {
            guard let column = batch.column(key), let matching = matches(column.values) else { continue }
            if case .all = column.presence {
                for position in mask.indices where matching[position] { found[position] = true }
                continue
            }
            let positions = column.positionsPresent(rowCount: batch.rowCount, groups: batch.groups)
            for (index, position) in positions.enumerated() where matching[index] { found[Int(position)] = true }
        }
        for position in mask.indices where !found[position] { mask[position] = false }
    }

    /// Per value whether it matches; nil when none does.
    private func matches(_ values: ColumnValues) -> [Bool]? {
        switch values {
        case .int64(let array):
            if let number = Int64(value) { return array.map { comparison.holds($0, number) } }
            return Double(value).map { number in array.map { comparison.holds(Double($0), number) } }
        case .double(let array):
            return Double(value).map { number in array.map { comparison.holds($0, number) } }
        case .decimal(let mantissas, let scale):
            let power = decimalPowers[scale]
            return Double(value).map { number in mantissas.map { comparison.holds(Double($0) / power, number) } }
        case .bool(let bits):
            guard let wanted = value == "true" ? 1 : value == "false" ? 0 : nil else { return nil }
            return (0..<bits.count).map { comparison.holds(bits[$0] ? 1 : 0, wanted) }
        case .strings(let codes, let table):
            let wanted = Array(value.utf8)
            let entries = (0..<table.count).map { entry in
                table.withBytes(of: entry) { bytes in
                    switch comparison {
                    case .equal: bytes.elementsEqual(wanted)
                    case .notEqual: !bytes.elementsEqual(wanted)
                    case .less: bytes.lexicographicallyPrecedes(wanted)
                    case .lessOrEqual: !wanted.lexicographicallyPrecedes(bytes)
                    case .greater: wanted.lexicographicallyPrecedes(bytes)
                    case .greaterOrEqual: !bytes.lexicographicallyPrecedes(wanted)
                    }
                }
            }
            return entries.contains(true) ? codes.map(entries) : nil
        }
    }
}
