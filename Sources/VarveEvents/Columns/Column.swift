// Columns of a batch are in *group order*: the rows are sorted by signal, stably, and a column holds the values of the first
// signal's rows, then the second's, and so on. Most columns belong to only a few signals. In this order a column is usually
// complete or absent for a signal, filters on the signal are ranges, and similar values are adjacent.
//
//     row          0      1     2      3     4           groups     start: positions 0..<2   success: 2..<5
//     signal       start  succ  start  succ  succ        position   0  1 | 2  3  4
//     component    A      A     B      C     A           component  A  B | A  C  A
//     duration_ms  –      12.5  –      80.1  7.3         duration        | 12.5 80.1 7.3      valueStarts 0, 0, 3

/// One column of a batch: the values of the rows that have one, in group order.
public struct Column: Sendable {
    public let key: ColumnKey
    public let presence: Presence
    /// For each group, the index of its first value; one more element than groups, the last being the number of values.
    public let valueStarts: [Int]
    public let values: ColumnValues

    public init(key: ColumnKey, presence: Presence, valueStarts: [Int], values: ColumnValues) {
        precondition(valueStarts.last == values.count, "\(values.count) values, groups end at \(valueStarts.last ?? -1)")
        self.key = key
        self.presence = presence
        self.valueStarts = valueStarts
        self.values = values
    }

    /// The indices of the values of group `group`.
    public func valueRange(ofGroup group: Int) -> Range<Int> {
        valueStarts[group]..<valueStarts[group + 1]
    }

    /// For each value, the position of its row in group order. O(rows).
    public func positionsPresent(rowCount: Int, groups: [SignalGroup]) -> [UInt32] {
        var positions: [UInt32] = []
        positions.reserveCapacity(values.count)
        switch presence {
        case .all: positions += (0..<rowCount).lazy.map { UInt32(truncatingIfNeeded: $0) }
        case .groups(let bits):
            for (index, group) in groups.enumerated() where bits[index] {
                positions += group.positions.lazy.map { UInt32(truncatingIfNeeded: $0) }
            }
        case .positions(let bits):
            for position in 0..<rowCount where bits[position] { positions.append(UInt32(truncatingIfNeeded: position)) }
        }
        return positions
    }
}

/// 10⁰ … 10⁹, the divisors of `ColumnValues.decimal`.
public let decimalPowers: [Double] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
