/// Slicing a batch, column by column, for a reader that starts or stops inside a frame.
extension EventBatch {
    /// The rows of `range`, with their offsets. O(rows + values); dictionaries are kept unchanged.
    public func slice(rows range: Range<Int>) -> EventBatch {
        precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows \(range) of \(rowCount)")
        if range == 0..<rowCount { return self }
        let before = counts(inRows: 0..<range.lowerBound)
        let inside = counts(inRows: range)
        let kept = groups.indices.filter { inside[$0] > 0 }
        var start = 0
        var slicedGroups: [SignalGroup] = []
        var renumbered = [UInt32](repeating: 0, count: groups.count)
        var sources: [Range<Int>] = []
        for group in kept {
            renumbered[group] = UInt32(truncatingIfNeeded: slicedGroups.count)
            slicedGroups.append(SignalGroup(signal: groups[group].signal, positions: start..<(start + inside[group])))
            start += inside[group]
            let first = groups[group].positions.lowerBound + before[group]
            sources.append(first..<(first + inside[group]))
        }
        let codes = range.map { renumbered[groupOfRow[$0]] }
        return EventBatch(
            rowCount: range.count, firstOffset: range.isEmpty ? firstOffset : offset(ofRow: range.lowerBound),
            offsets: offsets.map { Array($0[range]) }, times: times.isEmpty ? [] : Array(times[range]),
            observed: observed.isEmpty ? [] : Array(observed[range]), groups: slicedGroups,
            groupOfRow: Codes(narrowing: codes, limit: kept.count),
            columns: columns.compactMap { $0.slice(positions: sources, kept: kept, groups: groups) })
    }

    /// For each group, the number of its rows in `range`.
    private func counts(inRows range: Range<Int>) -> [Int] {
        groupOfRow.histogram(range, limit: groups.count).prefix(groups.count).map { Int($0) }
    }
}

extension Column {
    /// The values at `positions`, one range per remaining group in `kept`. Nil when none of them has a value.
    fileprivate func slice(positions: [Range<Int>], kept: [Int], groups: [SignalGroup]) -> Column? {
        var starts = [0]
        var sources: [Range<Int>] = []
        let total = positions.reduce(0) { $0 + $1.count }
        var present = Bitmap(count: total)
        var position = 0
        for (range, group) in zip(positions, kept) {
            let values = valueRange(of: range, group: group, first: groups[group].positions.lowerBound)
            sources.append(values)
            starts.append(starts[starts.count - 1] + values.count)
            guard case .positions(let bits) = presence else { continue }
            for source in range {
                if bits[source] { present[position] = true }
                position += 1
            }
        }
        guard starts[starts.count - 1] > 0 else { return nil }
        let sliced: Presence
        switch presence {
        case .all: sliced = .all
        case .groups(let bits):
            var whole = Bitmap(count: kept.count)
            for (index, group) in kept.enumerated() where bits[group] { whole[index] = true }
            sliced = .groups(whole)
        case .positions: sliced = .positions(present)
        }
        return Column(key: key, presence: sliced, valueStarts: starts, values: values.gathered(sources))
    }

    /// The values of the rows at `positions`, which lie in `group`, whose rows start at `first`.
    private func valueRange(of positions: Range<Int>, group: Int, first: Int) -> Range<Int> {
        let all = valueRange(ofGroup: group)
        switch presence {
        case .all: return positions
        case .groups(let bits):
            guard bits[group] else { return all.lowerBound..<all.lowerBound }
            return (all.lowerBound + positions.lowerBound - first)..<(all.lowerBound + positions.upperBound - first)
        case .positions(let bits):
            let start = all.lowerBound + bits.onesCount(in: first..<positions.lowerBound)
            return start..<(start + bits.onesCount(in: positions))
        }
    }
}

extension ColumnValues {
    /// The values of `ranges`, one after the other.
    fileprivate func gathered(_ ranges: [Range<Int>]) -> ColumnValues {
        switch self {
        case .int64(let values): return .int64(gather(values, ranges))
        case .double(let values): return .double(gather(values, ranges))
        case .decimal(let mantissas, let scale): return .decimal(mantissas: gather(mantissas, ranges), scale: scale)
        case .bool(let bits):
            var kept = Bitmap(count: ranges.reduce(0) { $0 + $1.count })
            var target = 0
            for source in ranges.joined() {
                if bits[source] { kept[target] = true }
                target += 1
            }
            return .bool(kept)
        case .strings(let codes, let table):
            switch codes {
            case .constant: return .strings(.constant(count: ranges.reduce(0) { $0 + $1.count }), table)
            case .identity: return .strings(.u32(ranges.joined().map { UInt32(truncatingIfNeeded: $0) }), table)
            case .u8(let codes): return .strings(.u8(gather(codes, ranges)), table)
            case .u16(let codes): return .strings(.u16(gather(codes, ranges)), table)
            case .u32(let codes): return .strings(.u32(gather(codes, ranges)), table)
            }
        }
    }
}

private func gather<Element>(_ values: [Element], _ ranges: [Range<Int>]) -> [Element] {
    var gathered: [Element] = []
    gathered.reserveCapacity(ranges.reduce(0) { $0 + $1.count })
    for range in ranges { gathered += values[range] }
    return gathered
}
