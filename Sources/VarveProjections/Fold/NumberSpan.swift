internal import VarveEvents

/// The numbers of some rows, in the representation of their column. `offset` is their start in the array.
enum NumberSpan {
    case int64([Int64], offset: Int)
    case double([Double], offset: Int)
    case decimal([Int32], offset: Int, scale: Int)
    /// Numbers already in millionths; nil for those too large to sum.
    case micros([Int128?])

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

    /// The rows that have a number in each of `fields`, and their products; nil if there are none.
    static func products(of fields: [Field], _ rows: RowSet, _ batch: EventBatch) -> (rows: RowSet, numbers: NumberSpan)? {
        let positions = batch.groups[rows.group].positions
        var isThere = [Bool](repeating: true, count: positions.count)
        var products = [Int128?](repeating: 1_000_000, count: positions.count)
        for field in fields {
            var has = [Bool](repeating: false, count: positions.count)
            for key in field.numericColumns {
                guard let column = batch.column(key),
                    let places = ColumnPlaces(column, group: rows.group, positions: positions)
                else { continue }
                for position in has.indices {
                    guard let place = places.place(position), let factor = micros(column.values, place) else { continue }
                    has[position] = true
                    products[position] = products[position].flatMap { known in factor.flatMap { product(known, $0) } }
                }
            }
            for position in has.indices where !has[position] { isThere[position] = false }
        }
        guard let present = rows.filtered(isThere) else { return nil }
        return (present, .micros((present.positions ?? []).map { products[Int($0)] }))
    }

    /// The number at `place` in millionths; inner nil if it is too large to sum, outer nil if there is no number.
    private static func micros(_ values: ColumnValues, _ place: Int) -> Int128?? {
        switch values {
        case .int64(let numbers): .some(Int128(numbers[place]) * 1_000_000)
        case .double(let numbers): .some(SumColumn.micros(numbers[place]))
        case .decimal(let mantissas, let scale): .some(SumColumn.micros(Double(mantissas[place]) / decimalPowers[scale]))
        case .bool, .strings: nil
        }
    }

    /// Rounded half to even at the sixth decimal; nil if a factor is 2⁶³ millionths or more.
    static func product(_ left: Int128, _ right: Int128) -> Int128? {
        guard Int64(exactly: left) != nil, Int64(exactly: right) != nil else { return nil }
        let (whole, rest) = (left * right).quotientAndRemainder(dividingBy: 1_000_000)
        let twice = rest.magnitude * 2
        guard twice > 1_000_000 || (twice == 1_000_000 && !whole.isMultiple(of: 2)) else { return whole }
        return rest < 0 ? whole - 1 : whole + 1
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
