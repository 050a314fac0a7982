/// Row access, for printing, export and tests. One cursor per column and group walks the values, so a whole batch takes
/// O(rows × columns) without searching.
extension EventBatch {
    /// Calls `body` with every event and its offset, in offset order.
    public func forEachEvent<Failure: Error>(_ body: (Offset, Event) throws(Failure) -> Void) throws(Failure) {
        var cursors = RowCursors(self)
        for row in 0..<rowCount {
            try body(offset(ofRow: row), cursors.next(row: row))
        }
    }
}

/// The index of the next value of each column, per group.
private struct RowCursors {
    let batch: EventBatch
    /// For each group, the position of its next row.
    var position: [Int]
    /// For each column and group, the index of the next value.
    var value: [[Int]]

    init(_ batch: EventBatch) {
        self.batch = batch
        position = batch.groups.map(\.positions.lowerBound)
        value = batch.columns.map { Array($0.valueStarts.dropLast()) }
    }

    mutating func next(row: Int) -> Event {
        let group = batch.groupOfRow[row]
        var event = Event(
            time: Timestamp(nanoseconds: batch.times.isEmpty ? 0 : batch.times[row]), signal: batch.groups[group].signal,
            observed: batch.observed.isEmpty ? nil : Timestamp(nanoseconds: batch.observed[row]))
        for (number, column) in batch.columns.enumerated() {
            switch column.presence {
            case .all: break
            case .groups(let bits): if !bits[group] { continue }
            case .positions(let bits): if !bits[position[group]] { continue }
            }
            event.set(column.key, column.values.value(at: value[number][group], type: column.key.type))
            value[number][group] += 1
        }
        position[group] += 1
        return event
    }
}

extension ColumnValues {
    /// The value at `index`, for a column of type `type`.
    public func value(at index: Int, type: ValueType) -> Value {
        switch self {
        case .int64(let values): .int64(values[index])
        case .double(let values): .double(values[index])
        case .decimal(let mantissas, let scale): .double(Double(mantissas[index]) / decimalPowers[scale])
        case .bool(let bits): .bool(bits[index])
        case .strings(let codes, let table): type == .json ? .json(table[codes[index]]) : .string(table[codes[index]])
        }
    }
}

extension Event {
    /// Sets a field from a column's value. Columns come in key order, so attributes stay sorted.
    fileprivate mutating func set(_ key: ColumnKey, _ value: Value) {
        guard key.scope == .envelope else {
            attributes.append(Attribute(key.name, value))
            return
        }
        guard case .string(let text) = value else { return }
        switch key {
        case .id: id = text
        case .tenant: tenant = text
        case .component: component = text
        case .session: session = text
        case .user: user = text
        default: break
        }
    }
}
