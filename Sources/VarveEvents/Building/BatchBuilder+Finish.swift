/// Sorting rows into group order: a stable counting sort by signal, once for the rows and once per column.
extension BatchBuilder {
    func makeBatch() -> EventBatch {
        let order = SignalOrder(codes: signals.numbers, names: signals.table)
        let positions = order.positionOfRow
        var made: [Column] = []
        for index in columns.indices where !columns[index].rows.isEmpty {
            made.append(columns[index].makeColumn(order, positionOfRow: positions))
        }
        return EventBatch(
            rowCount: rowCount, times: times, observed: observed, groups: order.groups,
            groupOfRow: Codes(narrowing: order.groupOfRow, limit: order.groups.count),
            columns: made.sorted { $0.key < $1.key })
    }
}

/// The group and position of each row of a batch.
struct SignalOrder {
    let groups: [SignalGroup]
    /// For each row its group. All zero when there is only one group, where position equals row.
    let groupOfRow: [UInt32]

    /// `codes` index into `names`. Groups are sorted bytewise by name; signals without rows get none.
    init(codes: [UInt32], names: StringTable) {
        var counts = [Int](repeating: 0, count: names.count)
        for code in codes { counts[Int(code)] += 1 }
        let used = (0..<names.count).filter { counts[$0] > 0 }.map { (code: $0, name: names[$0]) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var groups: [SignalGroup] = []
        var groupOfCode = [UInt32](repeating: 0, count: names.count)
        var start = 0
        for (index, signal) in used.enumerated() {
            groupOfCode[signal.code] = UInt32(truncatingIfNeeded: index)
            groups.append(SignalGroup(signal: signal.name, positions: start..<(start + counts[signal.code])))
            start += counts[signal.code]
        }
        self.groups = groups
        groupOfRow = groupOfCode.count == 1 ? [UInt32](repeating: 0, count: codes.count) : codes.map { groupOfCode[Int($0)] }
    }

    var positionOfRow: [UInt32] {
        var next = groups.map { UInt32(truncatingIfNeeded: $0.positions.lowerBound) }
        return next.withUnsafeMutableBufferPointer { next in
            groupOfRow.map { group in
                let position = next[Int(group)]
                next[Int(group)] = position &+ 1
                return position
            }
        }
    }
}

extension ColumnBuilder {
    func makeColumn(_ order: SignalOrder, positionOfRow: [UInt32]) -> Column {
        if rows.isDense, rows.count == positionOfRow.count {
            let starts = order.groups.map(\.positions.lowerBound) + [rows.count]
            return Column(
                key: key, presence: .all, valueStarts: starts, values: values(order.groups.count > 1 ? positionOfRow : nil))
        }
        let rows = rows.all
        let starts = starts(rows, order)
        let target = targets(rows, order, starts)
        return Column(
            key: key, presence: presence(rows, order, starts, positionOfRow), valueStarts: starts, values: values(target))
    }

    /// For each group, the index of its first value, and at the end the number of values.
    private func starts(_ rows: [UInt32], _ order: SignalOrder) -> [Int] {
        var starts = [Int](repeating: 0, count: order.groups.count + 1)
        starts.withUnsafeMutableBufferPointer { starts in
            order.groupOfRow.withUnsafeBufferPointer { groupOfRow in
                for row in rows { starts[Int(groupOfRow[Int(row)]) &+ 1] &+= 1 }
            }
        }
        for group in order.groups.indices { starts[group + 1] += starts[group] }
        return starts
    }

    /// For each value, its index in group order; nil when the values are already in that order.
    private func targets(_ rows: [UInt32], _ order: SignalOrder, _ starts: [Int]) -> [UInt32]? {
        guard order.groups.count > 1 else { return nil }
        return [UInt32](unsafeUninitializedCapacity: rows.count) { targets, count in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: starts.count) { next in
                for group in starts.indices { next.initializeElement(at: group, to: UInt32(truncatingIfNeeded: starts[group])) }
                rows.withUnsafeBufferPointer { rows in
                    order.groupOfRow.withUnsafeBufferPointer { groupOfRow in
                        for index in rows.indices {
                            let group = Int(groupOfRow[Int(rows[index])])
                            targets.initializeElement(at: index, to: next[group])
                            next[group] &+= 1
                        }
                    }
                }
            }
            count = rows.count
        }
    }

    private func presence(_ rows: [UInt32], _ order: SignalOrder, _ starts: [Int], _ positionOfRow: [UInt32]) -> Presence {
        if rows.count == positionOfRow.count { return .all }
        var groups = Bitmap(count: order.groups.count)
        for (index, group) in order.groups.enumerated() {
            let count = starts[index + 1] - starts[index]
            if count == group.positions.count {
                groups[index] = true
            } else if count > 0 {
                var positions = Bitmap(count: positionOfRow.count)
                for row in rows { positions[Int(positionOfRow[Int(row)])] = true }
                return .positions(positions)
            }
        }
        return .groups(groups)
    }

    private func values(_ target: [UInt32]?) -> ColumnValues {
        switch key.type {
        case .int64: return .int64(scattered(int64, target))
        case .double: return .double(scattered(double, target))
        case .bool:
            var bits = Bitmap(count: bool.count)
            for (index, value) in scattered(bool, target).enumerated() where value { bits[index] = true }
            return .bool(bits)
        case .string, .json:
            if isDistinct {
                guard let target else { return .strings(.identity(count: distinct.count), distinct) }
                let codes = (0..<UInt32(truncatingIfNeeded: distinct.count)).map { $0 }
                return .strings(self.codes(codes, limit: distinct.count, target), distinct)
            }
            return .strings(codes(strings.numbers, limit: strings.table.count, target), strings.table)
        }
    }

    /// `codes`, all below `limit`, moved to their targets and in the narrowest form.
    private func codes(_ codes: [UInt32], limit: Int, _ target: [UInt32]?) -> Codes {
        guard let target, limit > 1 else { return Codes(narrowing: codes, limit: limit) }
        return if limit <= 256 {
            .u8(scattered(codes, target) { UInt8(truncatingIfNeeded: $0) })
        } else if limit <= 65_536 {
            .u16(scattered(codes, target) { UInt16(truncatingIfNeeded: $0) })
        } else {
            .u32(scattered(codes, target) { $0 })
        }
    }

    private func scattered<Element>(_ values: [Element], _ target: [UInt32]?) -> [Element] {
        guard let target else { return values }
        return scattered(values, target) { $0 }
    }

    /// Moves the value at `index` to `target[index]`. The targets are a permutation.
    @inline(__always)
    private func scattered<Element, Result>(
        _ values: [Element], _ target: [UInt32], _ result: (Element) -> Result
    ) -> [Result] {
        precondition(values.count == target.count, "\(values.count) values for \(target.count) places")
        return [Result](unsafeUninitializedCapacity: values.count) { buffer, count in
            values.withUnsafeBufferPointer { values in
                target.withUnsafeBufferPointer { target in
                    for index in values.indices { buffer.initializeElement(at: Int(target[index]), to: result(values[index])) }
                }
            }
            count = values.count
        }
    }
}

extension Codes {
    /// `codes`, all below `limit`, in the narrowest form.
    public init(narrowing codes: [UInt32], limit: Int) {
        if limit <= 1 {
            self = .constant(count: codes.count)
        } else if limit <= 256 {
            self = .u8(narrowed(codes))
        } else if limit <= 65_536 {
            self = .u16(narrowed(codes))
        } else {
            self = .u32(codes)
        }
    }
}

/// Converts in a loop over raw memory, which is vectorized.
@inline(__always)
private func narrowed<Code: FixedWidthInteger & UnsignedInteger>(_ codes: [UInt32]) -> [Code] {
    [Code](unsafeUninitializedCapacity: codes.count) { target, count in
        codes.withUnsafeBufferPointer { source in
            guard let from = source.baseAddress, let to = target.baseAddress else { return }
            for index in 0..<source.count { (to + index).initialize(to: Code(truncatingIfNeeded: from[index])) }
        }
        count = codes.count
    }
}
