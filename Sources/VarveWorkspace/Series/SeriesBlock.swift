internal import VarveHash

/// The samples of a stretch of the log, by series and time. Once made it stays as it is.
final class SeriesBlock: Sendable {
    /// Offsets from here to before there were looked at.
    let offsets: Range<UInt64>
    /// The segments that they were in, by which a change of them is seen.
    let origin: [Origin]
    /// Milliseconds; nil without samples.
    let time: ClosedRange<Int64>?
    /// Numbers of series, ascending; and per series where its samples begin, and behind the last where they end.
    let numbers: [Int32]
    let starts: [Int]
    let times: [Int64]
    let values: [Double]

    struct Origin: Hashable, Sendable {
        var first: UInt64
        /// Nil while it is written.
        var contentHash: SHA256Digest?
    }

    /// Bytes in memory, about.
    var size: Int { times.count * 16 + numbers.count * 12 + 256 }

    /// Sorts rows by series and time. Of two samples of one moment the earlier one in the log counts.
    init(_ offsets: Range<UInt64>, _ origin: [Origin], _ rows: SeriesRows) {
        self.offsets = offsets
        self.origin = origin
        let width = Int(rows.numbers.max() ?? -1) + 1
        var ends = [Int](repeating: 0, count: width + 1)
        for number in rows.numbers { ends[Int(number) + 1] += 1 }
        for index in 0..<width { ends[index + 1] += ends[index] }
        var next = ends
        var (times, values) = ([Int64](repeating: 0, count: rows.times.count), [Double](repeating: 0, count: rows.times.count))
        for (row, number) in rows.numbers.enumerated() {
            let place = next[Int(number)]
            next[Int(number)] = place + 1
            times[place] = rows.times[row]
            values[place] = rows.values[row]
        }
        var numbers: [Int32] = []
        var starts: [Int] = []
        var kept = 0
        for number in 0..<width where ends[number] < ends[number + 1] {
            let range = ends[number]..<ends[number + 1]
            Self.order(&times, &values, range)
            numbers.append(Int32(truncatingIfNeeded: number))
            starts.append(kept)
            for place in range where place == range.lowerBound || times[place] != times[kept - 1] {
                (times[kept], values[kept]) = (times[place], values[place])
                kept += 1
            }
        }
        starts.append(kept)
        times.removeLast(times.count - kept)
        values.removeLast(values.count - kept)
        (self.numbers, self.starts, self.times, self.values) = (numbers, starts, times, values)
        if let first = times.min(), let last = times.max() { time = first...last } else { time = nil }
    }

    private static func order(_ times: inout [Int64], _ values: inout [Double], _ range: Range<Int>) {
        guard range.dropFirst().contains(where: { times[$0] < times[$0 - 1] }) else { return }
        let order = range.sorted { (times[$0], $0) < (times[$1], $1) }
        let (sortedTimes, sortedValues) = (order.map { times[$0] }, order.map { values[$0] })
        for (index, place) in range.enumerated() { (times[place], values[place]) = (sortedTimes[index], sortedValues[index]) }
    }

    /// The rows again, to be put together with those that came since.
    var rows: SeriesRows {
        var rows = SeriesRows()
        for (index, number) in numbers.enumerated() {
            for place in starts[index]..<starts[index + 1] { rows.append(number, times[place], values[place]) }
        }
        return rows
    }
}
