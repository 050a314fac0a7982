/// Selecting rows of a batch, column by column, to remove duplicates and to apply filters.
extension EventBatch {
    /// The rows whose bit in `keep` is set, in the same order and with their offsets. O(rows + values). Unused dictionary
    /// entries are removed.
    public func filtered(keep: Bitmap) -> EventBatch {
        precondition(keep.count == rowCount, "\(keep.count) bits for \(rowCount) rows")
        let rows = (0..<rowCount).filter { keep[$0] }
        if rows.count == rowCount { return self }
        let kept = KeptPositions(self, rows)
        var filtered = EventBatch(
            rowCount: rows.count, firstOffset: rows.first.map { offset(ofRow: $0) } ?? firstOffset,
            times: times.isEmpty ? [] : rows.map { times[$0] }, observed: observed.isEmpty ? [] : rows.map { observed[$0] },
            groups: kept.groups, groupOfRow: Codes(narrowing: kept.groupOfRow, limit: kept.groups.count),
            columns: columns.compactMap { $0.picked(kept) })
        if let first = rows.first, let last = rows.last, offset(ofRow: last).value - offset(ofRow: first).value >= rows.count {
            filtered.offsets = rows.map { offset(ofRow: $0).value }
        }
        return filtered
    }
}

/// The old and new positions of the selected rows in group order.
private struct KeptPositions {
    let groups: [SignalGroup]
    let groupOfRow: [UInt32]
    /// For each remaining group, its old number.
    let sources: [Int]
    /// For each remaining group, the old positions of its rows, ascending.
    let positions: [[UInt32]]

    init(_ batch: EventBatch, _ rows: [Int]) {
        var next = batch.groups.map(\.positions.lowerBound)
        var kept = [[UInt32]](repeating: [], count: batch.groups.count)
        var codes: [UInt32] = []
        codes.reserveCapacity(rows.count)
        var row = 0
        for wanted in rows {
            while row < wanted {
                next[batch.groupOfRow[row]] += 1
                row += 1
            }
            let group = batch.groupOfRow[row]
            kept[group].append(UInt32(truncatingIfNeeded: next[group]))
            codes.append(UInt32(truncatingIfNeeded: group))
            next[group] += 1
            row += 1
        }
        sources = batch.groups.indices.filter { !kept[$0].isEmpty }
        positions = sources.map { kept[$0] }
        var renumbered = [UInt32](repeating: 0, count: batch.groups.count)
        var groups: [SignalGroup] = []
        var start = 0
        for (number, group) in sources.enumerated() {
            renumbered[group] = UInt32(truncatingIfNeeded: number)
            groups.append(SignalGroup(signal: batch.groups[group].signal, positions: start..<(start + kept[group].count)))
            start += kept[group].count
        }
        self.groups = groups
        groupOfRow = codes.map { renumbered[Int($0)] }
        oldGroups = batch.groups
    }

    let oldGroups: [SignalGroup]
    var count: Int { groups.last?.positions.upperBound ?? 0 }
}

extension Column {
    /// The values of the selected rows; nil when none of them has one.
    fileprivate func picked(_ kept: KeptPositions) -> Column? {
        var indexes: [UInt32] = []
        var starts = [0]
        var present = Bitmap(count: kept.count)
        var isEverywhere = true
        var target = 0
        for (number, group) in kept.sources.enumerated() {
            let first = kept.oldGroups[group].positions.lowerBound
            let base = valueStarts[group]
            switch presence {
            case .all: indexes += kept.positions[number]
            case .groups(let bits):
                if bits[group] { indexes += kept.positions[number].map { UInt32(truncatingIfNeeded: Int($0) - first + base) } }
            case .positions(let bits):
                var value = base
                var position = first
                for wanted in kept.positions[number] {
                    value += bits.onesCount(in: position..<Int(wanted))
                    position = Int(wanted)
                    if bits[position] {
                        indexes.append(UInt32(truncatingIfNeeded: value))
                        present[target] = true
                    } else {
                        isEverywhere = false
                    }
                    target += 1
                }
            }
            starts.append(indexes.count)
        }
        guard !indexes.isEmpty else { return nil }
        return Column(
            key: key, presence: presence(kept, present, isEverywhere), valueStarts: starts, values: values.picked(indexes))
    }

    private func presence(_ kept: KeptPositions, _ present: Bitmap, _ isEverywhere: Bool) -> Presence {
        switch presence {
        case .all: return .all
        case .groups(let bits):
            var whole = Bitmap(count: kept.sources.count)
            for (number, group) in kept.sources.enumerated() where bits[group] { whole[number] = true }
            return whole.onesCount == whole.count ? .all : .groups(whole)
        case .positions: return isEverywhere ? .all : .positions(present)
        }
    }
}

extension ColumnValues {
    /// The values at `indexes`, which ascend.
    fileprivate func picked(_ indexes: [UInt32]) -> ColumnValues {
        switch self {
        case .int64(let values): return .int64(indexes.map { values[Int($0)] })
        case .double(let values): return .double(indexes.map { values[Int($0)] })
        case .decimal(let mantissas, let scale): return .decimal(mantissas: indexes.map { mantissas[Int($0)] }, scale: scale)
        case .bool(let bits):
            var picked = Bitmap(count: indexes.count)
            for (target, index) in indexes.enumerated() where bits[Int(index)] { picked[target] = true }
            return .bool(picked)
        case .strings(let codes, let table):
            return table.compacted(indexes.map { UInt32(truncatingIfNeeded: codes[Int($0)]) })
        }
    }
}

extension StringTable {
    /// `codes` into this table, with a table of only the entries they use, in the same order.
    fileprivate func compacted(_ codes: [UInt32]) -> ColumnValues {
        var used = Bitmap(count: count)
        for code in codes { used[Int(code)] = true }
        let left = used.onesCount
        guard left < count else { return .strings(Codes(narrowing: codes, limit: count), self) }
        var renumbered = [UInt32](repeating: 0, count: count)
        var table = StringTable()
        table.reserve(strings: left, bytes: bytes.count / max(1, count) * left)
        for code in 0..<count where used[code] {
            renumbered[code] = UInt32(truncatingIfNeeded: table.count)
            withBytes(of: code) { table.append($0) }
        }
        var isIdentity = codes.count == left
        let new = codes.enumerated().map { index, code in
            isIdentity = isIdentity && renumbered[Int(code)] == UInt32(truncatingIfNeeded: index)
            return renumbered[Int(code)]
        }
        return .strings(isIdentity && left > 1 ? .identity(count: left) : Codes(narrowing: new, limit: left), table)
    }
}
