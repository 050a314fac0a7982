/// Events in columns: the unit that enters the log, that a frame decodes to, and that projections fold.
///
/// Times are in row order, which is offset order. Everything else is in group order (see `Column.swift`): rows sorted by
/// signal, stably.
public struct EventBatch: Sendable {
    public let rowCount: Int
    /// The offset of the first row, once the log has assigned it.
    public var firstOffset: Offset
    /// The offset of each row, if compaction has left holes; nil when offsets are dense from `firstOffset`.
    public var offsets: [UInt64]?
    /// Event time per row, in nanoseconds since 1970. Empty when it was not selected.
    public var times: [Int64]
    /// Append time per row, in nanoseconds since 1970. Empty before the writer stamps it, and when it was not selected.
    public var observed: [Int64]
    /// The signals, sorted bytewise, each with the positions of its rows. They cover 0 ..< rowCount without gaps.
    public let groups: [SignalGroup]
    /// For each row, the number of its group.
    public let groupOfRow: Codes
    /// The selected columns, sorted by key; keys are unique.
    public var columns: [Column]

    public init(
        rowCount: Int, firstOffset: Offset = Offset(0), offsets: [UInt64]? = nil, times: [Int64], observed: [Int64] = [],
        groups: [SignalGroup], groupOfRow: Codes, columns: [Column]
    ) {
        precondition(groups.last?.positions.upperBound ?? 0 == rowCount, "groups do not cover \(rowCount) rows")
        precondition(groupOfRow.count == rowCount, "\(groupOfRow.count) group numbers for \(rowCount) rows")
        self.rowCount = rowCount
        self.firstOffset = firstOffset
        self.offsets = offsets
        self.times = times
        self.observed = observed
        self.groups = groups
        self.groupOfRow = groupOfRow
        self.columns = columns
    }

    /// The column with `key`, if the batch has it.
    public func column(_ key: ColumnKey) -> Column? {
        columns.first { $0.key == key }
    }

    /// The offset of row `row`.
    public func offset(ofRow row: Int) -> Offset {
        if let offsets { return Offset(offsets[row]) }
        return Offset(firstOffset.value + UInt64(row))
    }

    /// For each position, its row. O(rows).
    public func rowsByPosition() -> [UInt32] {
        var next = groups.map { $0.positions.lowerBound }
        var rows = [UInt32](repeating: 0, count: rowCount)
        func place<Code: FixedWidthInteger & UnsignedInteger>(_ codes: [Code]) {
            for (row, group) in codes.enumerated() {
                rows[next[Int(group)]] = UInt32(truncatingIfNeeded: row)
                next[Int(group)] += 1
            }
        }
        switch groupOfRow {
        case .constant(let count), .identity(let count): for row in 0..<count { rows[row] = UInt32(truncatingIfNeeded: row) }
        case .u8(let codes): place(codes)
        case .u16(let codes): place(codes)
        case .u32(let codes): place(codes)
        }
        return rows
    }
}
