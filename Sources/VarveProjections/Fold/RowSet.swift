internal import VarveEvents

/// Some rows of one group, in run order. Without `positions` they are all rows of the group, in order, and columns are read in
/// place; with them, values are gathered first.
final class RowSet {
    let group: Int
    /// The start of the group.
    let start: Int
    let count: Int
    /// Positions from the group's start.
    let positions: [UInt32]?
    /// Per run, the start of its rows in this set, followed by the end.
    let bounds: [Int]

    init(group: Int, start: Int, count: Int, positions: [UInt32]?, bounds: [Int]) {
        self.group = group
        self.start = start
        self.count = count
        self.positions = positions
        self.bounds = bounds
    }

    func range(_ run: LevelRun) -> Range<Int> {
        bounds[run.first]..<bounds[run.end]
    }

    /// The rows whose flag is set, by position; nil if there are none.
    func filtered(_ keep: [Bool]) -> RowSet? {
        var kept: [UInt32] = []
        var newBounds = [0]
        newBounds.reserveCapacity(bounds.count)
        for run in 0..<(bounds.count - 1) {
            for index in bounds[run]..<bounds[run + 1] {
                let position = positions.map { $0[index] } ?? UInt32(truncatingIfNeeded: index)
                if keep[Int(position)] { kept.append(position) }
            }
            newBounds.append(kept.count)
        }
        if kept.isEmpty { return nil }
        return RowSet(group: group, start: start, count: kept.count, positions: kept, bounds: newBounds)
    }
}

/// Per position of a group, the index of its value in a column.
enum ColumnPlaces {
    /// Value `start + position`.
    case dense(start: Int)
    /// Value `places[position]`; `UInt32.max` if there is none.
    case sparse([UInt32])

    /// Nil if the group has no value in `column`.
    init?(_ column: Column, group: Int, positions: Range<Int>) {
        let values = column.valueRange(ofGroup: group)
        if values.isEmpty { return nil }
        if values.count == positions.count {
            self = .dense(start: values.lowerBound)
            return
        }
        guard case .positions(let bits) = column.presence else {
            preconditionFailure("column \(column.key.name) has \(values.count) values for \(positions.count) rows of a group")
        }
        var next = UInt32(truncatingIfNeeded: values.lowerBound)
        self = .sparse(
            positions.map { position in
                guard bits[position] else { return .max }
                next += 1
                return next - 1
            })
    }

    /// Per position, whether there is a value; nil if there always is.
    var presence: [Bool]? {
        switch self {
        case .dense: nil
        case .sparse(let places): places.map { $0 != .max }
        }
    }

    @inline(__always)
    func place(_ position: Int) -> Int? {
        switch self {
        case .dense(let start): start + position
        case .sparse(let places): places[position] == .max ? nil : Int(places[position])
        }
    }
}
