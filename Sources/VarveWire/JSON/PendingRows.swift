internal import VarveEvents

/// Rows of several lines before they are added to a builder, column by column. Strings are positions in the text, which must
/// stay valid until `flush`. Raw memory: every value of every event passes through here.
struct PendingRows: ~Copyable {
    /// The maximum number of rows; about as many as a bulk of typical lines.
    static let rowsMax = 1_024
    /// The maximum number of columns; events with other columns are fully parsed.
    static let columnsMax = 512

    let times: UnsafeMutablePointer<Int64>
    /// Column 0 is the signal, which every row has; its handle is not used.
    private let columns: UnsafeMutablePointer<PendingColumn>
    private var columnCount = 1
    private var numbers: [ColumnHandle: Int] = [:]

    init() {
        times = .allocate(capacity: Self.rowsMax)
        columns = .allocate(capacity: Self.columnsMax)
        columns.initialize(to: PendingColumn(.id, .string, rowsMax: Self.rowsMax))
    }

    deinit {
        for number in 0..<columnCount { columns[number].deallocate() }
        times.deallocate()
        columns.deallocate()
    }

    var signals: UnsafeMutablePointer<PendingColumn> { columns }

    /// The column for `handle`, valid until `removeAll`; nil if there are too many.
    mutating func column(_ handle: ColumnHandle, _ type: ValueType) -> UnsafeMutablePointer<PendingColumn>? {
        if let number = numbers[handle] { return columns + number }
        guard columnCount < Self.columnsMax else { return nil }
        (columns + columnCount).initialize(to: PendingColumn(handle, type, rowsMax: Self.rowsMax))
        numbers[handle] = columnCount
        columnCount += 1
        return columns + (columnCount - 1)
    }

    /// Discards all columns of an old builder.
    mutating func removeAll() {
        for number in 1..<columnCount { columns[number].deallocate() }
        columnCount = 1
        numbers.removeAll()
    }

    /// Drops the values of row `row`, the last one.
    func discard(row: Int) {
        for number in 0..<columnCount {
            let count = columns[number].count
            if count > 0, columns[number].rows[count - 1] == UInt32(truncatingIfNeeded: row) { columns[number].count -= 1 }
        }
    }

    /// Moves all `rowCount` rows into `builder`.
    func flush(rowCount: Int, text: UnsafePointer<UInt8>, into builder: inout BatchBuilder) {
        let first = builder.appendRows(
            times: UnsafeBufferPointer(start: times, count: rowCount), signals: signals.pointee.stored(as: TextSpan.self),
            of: text)
        signals.pointee.count = 0
        for number in 1..<columnCount where columns[number].count > 0 {
            columns[number].flush(text, into: &builder, after: first)
            columns[number].count = 0
        }
    }
}

/// The values of one column, eight bytes each, and their row numbers.
struct PendingColumn {
    let handle: ColumnHandle
    let type: ValueType
    var count = 0
    let rows: UnsafeMutablePointer<UInt32>
    let values: UnsafeMutableRawPointer

    init(_ handle: ColumnHandle, _ type: ValueType, rowsMax: Int) {
        self.handle = handle
        self.type = type
        rows = .allocate(capacity: rowsMax)
        values = .allocate(byteCount: rowsMax * 8, alignment: 8)
    }

    func deallocate() {
        rows.deallocate()
        values.deallocate()
    }

    @inline(__always)
    mutating func append<Value: BitwiseCopyable>(_ value: Value, row: Int) {
        values.storeBytes(of: value, toByteOffset: count &* MemoryLayout<Value>.stride, as: Value.self)
        rows[count] = UInt32(truncatingIfNeeded: row)
        count &+= 1
    }

    func flush(_ text: UnsafePointer<UInt8>, into builder: inout BatchBuilder, after first: Int) {
        let rows = UnsafeBufferPointer(start: rows, count: count)
        switch type {
        case .int64: builder.append(handle, int64: stored(as: Int64.self), rows: rows, after: first)
        case .double: builder.append(handle, double: stored(as: Double.self), rows: rows, after: first)
        case .bool: builder.append(handle, bool: stored(as: Bool.self), rows: rows, after: first)
        case .string, .json: builder.append(handle, strings: stored(as: TextSpan.self), of: text, rows: rows, after: first)
        }
    }

    fileprivate func stored<Value: BitwiseCopyable>(as type: Value.Type) -> UnsafeBufferPointer<Value> {
        UnsafeBufferPointer(start: values.bindMemory(to: type, capacity: count), count: count)
    }
}
