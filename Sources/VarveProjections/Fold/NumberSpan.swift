internal import VarveEvents

/// The numbers of some rows, in the form in which their column holds them. `offset` is where they start in the array.
enum NumberSpan {
    case int64([Int64], offset: Int)
    case double([Double], offset: Int)
    case decimal([Int32], offset: Int, scale: Int)

    /// For each numeric column with values among `rows`: the rows that have one, and their values.
    static func all(of field: Field, _ rows: RowSet, _ batch: EventBatch) -> [(rows: RowSet, numbers: NumberSpan)] {
        field.numericColumns.compactMap { key in
            let positions = batch.groups[rows.group].positions
            guard let column = batch.column(key),
                let places = ColumnPlaces(column, group: rows.group, positions: positions)
            else { return nil }
            let present = places.presence.map { rows.filtered($0) } ?? rows
            guard let present, let numbers = NumberSpan(column, places, present) else { return nil }
            return (present, numbers)
        }
    }

    private init?(_ column: Column, _ places: ColumnPlaces, _ rows: RowSet) {
        if rows.positions == nil, case .dense(let start) = places {
            switch column.values {
            case .int64(let values): self = .int64(values, offset: start)
            case .double(let values): self = .double(values, offset: start)
            case .decimal(let mantissas, let scale): self = .decimal(mantissas, offset: start, scale: scale)
            case .bool, .strings: return nil
            }
            return
        }
        var indexes: [Int] = []
        indexes.reserveCapacity(rows.count)
        for row in 0..<rows.count {
            let position = rows.positions.map { Int($0[row]) } ?? row
            if let place = places.place(position) { indexes.append(place) }
        }
        switch column.values {
        case .int64(let values): self = .int64(indexes.map { values[$0] }, offset: 0)
        case .double(let values): self = .double(indexes.map { values[$0] }, offset: 0)
        case .decimal(let mantissas, let scale): self = .decimal(indexes.map { mantissas[$0] }, offset: 0, scale: scale)
        case .bool, .strings: return nil
        }
    }
}
