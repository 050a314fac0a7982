/// A growing column of a `BatchBuilder`: the values in the order they came, each with its row.
///
/// There is one array per storage type, of which a column uses the one for its type; the others stay empty and cost nothing.
/// (An enum with payloads would have to be unpacked and repacked for every value.)
struct ColumnBuilder: Sendable {
    let key: ColumnKey
    /// The row of each value; ascending within each signal.
    var rows = RowList()
    var int64: [Int64] = []
    var double: [Double] = []
    var bool: [Bool] = []
    var strings = StringCodes()
    /// Ids, which hardly ever repeat and so are not interned.
    var distinct = StringTable()

    init(_ key: ColumnKey) {
        self.key = key
    }

    var isDistinct: Bool { key == .id }

    mutating func append(_ value: Int64, row: UInt32) {
        precondition(key.type == .int64, "\(key) takes no integer")
        if rows.last == Int64(row) { discard(row: row) }
        int64.append(value)
        rows.append(row)
    }

    mutating func append(_ value: Double, row: UInt32) {
        precondition(key.type == .double, "\(key) takes no double")
        if rows.last == Int64(row) { discard(row: row) }
        double.append(value)
        rows.append(row)
    }

    mutating func append(_ value: Bool, row: UInt32) {
        precondition(key.type == .bool, "\(key) takes no boolean")
        if rows.last == Int64(row) { discard(row: row) }
        bool.append(value)
        rows.append(row)
    }

    mutating func append(_ utf8: UnsafeRawBufferPointer, row: UInt32, distinct isDistinct: Bool) {
        precondition(key.type == .string || key.type == .json, "\(key) takes no string")
        if rows.last == Int64(row) { discard(row: row) }
        if isDistinct { distinct.append(utf8) } else { strings.append(utf8) }
        rows.append(row)
    }

    /// Drops the value of `row` if the column has just received one: for a discarded row, or a field set twice, where the last
    /// counts.
    mutating func discard(row: UInt32) {
        guard rows.last == Int64(row) else { return }
        rows.removeLast()
        switch key.type {
        case .int64: int64.removeLast()
        case .double: double.removeLast()
        case .bool: bool.removeLast()
        case .string, .json: if isDistinct { distinct.removeLast() } else { strings.removeLast() }
        }
    }

    /// Appends the values of a finished column; position p becomes row `firstRow + rowOfPosition[p]`. Returns the raw bytes
    /// added.
    mutating func append(_ column: Column, positionsPresent: [UInt32], rowOfPosition: [UInt32], firstRow: UInt32) -> Int {
        for position in positionsPresent { rows.append(firstRow + rowOfPosition[Int(position)]) }
        switch column.values {
        case .int64(let values): int64 += values
        case .double(let values): double += values
        case .decimal(let mantissas, let scale):
            for mantissa in mantissas { double.append(Double(mantissa) / decimalPowers[scale]) }
        case .bool(let bits): for index in 0..<bits.count { bool.append(bits[index]) }
        case .strings(let source, let table): return append(source, table)
        }
        return column.values.count * 8
    }

    private mutating func append(_ source: Codes, _ table: StringTable) -> Int {
        var bytes = 0
        if isDistinct {
            for index in 0..<source.count {
                table.withBytes(of: source[index]) { utf8 in
                    distinct.append(utf8)
                    bytes += utf8.count + 4
                }
            }
            return bytes
        }
        // Intern in the order of the table, which is that of the rows. Values are in group order; numbers assigned in that
        // order would ascend only within the first signal, while numbers that ascend in all signals are cheap to store.
        var used = Bitmap(count: table.count)
        for index in 0..<source.count { used[source[index]] = true }
        let known = (0..<table.count).map { code in
            used[code] ? table.withBytes(of: code) { strings.number(of: $0) } : .max
        }
        for index in 0..<source.count {
            let code = source[index]
            strings.append(known[code])
            bytes += Int(table.bounds[code + 1] - table.bounds[code]) + 4
        }
        return bytes
    }

    /// Empties the column and keeps its memory for the next batch.
    mutating func reset() {
        rows.removeAll()
        int64.removeAll(keepingCapacity: true)
        double.removeAll(keepingCapacity: true)
        bool.removeAll(keepingCapacity: true)
        strings.reset()
        let (strings, bytes) = (distinct.count, distinct.bytes.count)
        distinct = StringTable()
        distinct.reserve(strings: strings, bytes: bytes)
    }
}
