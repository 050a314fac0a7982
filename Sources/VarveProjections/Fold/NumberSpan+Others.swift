internal import VarveEvents

extension NumberSpan {
    /// The rows that have a value in each of `fields`, but not a number in all of them; as numbers that cannot be added, so that
    /// a sum counts them as left out. Nil if there are none.
    static func others(of fields: [Field], _ rows: RowSet, _ batch: EventBatch) -> (rows: RowSet, numbers: NumberSpan)? {
        let positions = batch.groups[rows.group].positions
        func places(_ keys: [ColumnKey]) -> [ColumnPlaces] {
            keys.compactMap { key in
                batch.column(key).flatMap { ColumnPlaces($0, group: rows.group, positions: positions) }
            }
        }
        let found = fields.map { (numbers: places($0.numericColumns), others: places($0.otherColumns)) }
        guard found.contains(where: { !$0.others.isEmpty }) else { return nil }
        func hasOne(_ columns: [ColumnPlaces], _ position: Int) -> Bool { columns.contains { $0.place(position) != nil } }
        let keep = (0..<positions.count).map { position in
            var isNumber = true
            for field in found where !hasOne(field.numbers, position) {
                guard hasOne(field.others, position) else { return false }
                isNumber = false
            }
            return !isNumber
        }
        return rows.filtered(keep).map { ($0, .micros([Int128?](repeating: nil, count: $0.count))) }
    }
}
