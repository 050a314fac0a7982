internal import VarveEvents

extension EventBatch {
    /// The batch with a column more: the hour of the week of each row, from its local time. 1970 began on a Thursday.
    func withHourOfWeek(_ local: [Int64]) -> EventBatch {
        var next = groups.map(\.positions.lowerBound)
        var hours = [Int64](repeating: 0, count: rowCount)
        for row in 0..<rowCount {
            let group = groupOfRow[row]
            let hour = BucketLevel.hour.bucket(of: local[row])
            let ofWeek = (hour + 72) % 168
            hours[next[group]] = ofWeek < 0 ? ofWeek + 168 : ofWeek
            next[group] += 1
        }
        var batch = self
        batch.columns.append(
            Column(
                key: ColumnKey(.attribute, Field.hourOfWeek.name, .int64), presence: .all,
                valueStarts: groups.map(\.positions.lowerBound) + [rowCount], values: .int64(hours)))
        return batch
    }
}
