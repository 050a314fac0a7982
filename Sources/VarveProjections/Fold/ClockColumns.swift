internal import VarveEvents

extension EventBatch {
    /// The batch with an additional column for each of `fields` that is derived from the rows' local times.
    func withClock(_ fields: [Field], _ local: [Int64]) -> EventBatch {
        var batch = self
        for field in fields { batch.columns.append(clock(field, local)) }
        return batch
    }

    private func clock(_ field: Field, _ local: [Int64]) -> Column {
        var next = groups.map(\.positions.lowerBound)
        var hours = [Int64](repeating: 0, count: rowCount)
        // 1970 began on a Thursday.
        let (shift, length): (Int64, Int64) = field == .hourOfWeek ? (72, 168) : (0, 24)
        for row in 0..<rowCount {
            let group = groupOfRow[row]
            let hour = (BucketLevel.hour.bucket(of: local[row]) + shift) % length
            hours[next[group]] = hour < 0 ? hour + length : hour
            next[group] += 1
        }
        return Column(
            key: ColumnKey(.attribute, field.name, .int64), presence: .all,
            valueStarts: groups.map(\.positions.lowerBound) + [rowCount], values: .int64(hours))
    }
}
