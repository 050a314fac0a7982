internal import VarveEvents

extension EventBatch {
    /// Raw bytes, as `BatchBuilder.byteCount` counts them, or fewer. O(columns).
    var approximateBytes: Int {
        columns.reduce(rowCount * 16) { sum, column in
            if case .strings(_, let table) = column.values { return sum + table.bytes.count + column.values.count * 4 }
            return sum + column.values.count * 8
        }
    }
}
