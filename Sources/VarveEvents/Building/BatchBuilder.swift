/// Collects rows into columns; everything that enters the log is built with it.
///
/// A row is begun, its fields are set through column handles as UTF-8 bytes and numbers, and it is ended or discarded:
///
///     var builder = BatchBuilder()
///     let duration = builder.handle(.init(.attribute, "duration_ms", .double))
///     builder.beginRow(time: 1_661_140_374_351_773_094, signal: utf8)
///     builder.set(.component, string: name)
///     builder.set(duration, double: 12.5)
///     builder.endRow()
///     let batch = builder.finish()
///
/// Text must be valid UTF-8: code that reads it from outside must validate it.
public struct BatchBuilder: Sendable {
    var columns: [ColumnBuilder]
    var handles: [ColumnKey: ColumnHandle]
    /// The signal of each row; the last one may be of the pending row.
    var signals = StringCodes()
    var times: [Int64] = []
    var observed: [Int64] = []
    var pending: PendingRow?
    /// For each shape, which depends on the signal, the columns of the first attributes of its last event: a guess for the next
    /// one.
    var shapes: [UInt32] = []
    /// Raw bytes held: eight per number and time, and the length of each string. Limited by `EventLimits.bytesPerBatch`.
    public private(set) var byteCount = 0

    struct PendingRow {
        var time: Int64
        var byteCount: Int
    }

    public init() {
        columns = ColumnKey.envelope.map { ColumnBuilder($0) }
        handles = [:]
        for (index, key) in ColumnKey.envelope.enumerated() { handles[key] = ColumnHandle(index: index) }
    }

    /// Rows ended so far.
    public var rowCount: Int { times.count }

    /// Columns known so far, used or not.
    public var columnCount: Int { columns.count }

    /// Whether another event might exceed the limits of a batch, so that it is time to call `finish()`.
    public var isFull: Bool {
        rowCount >= EventLimits.rowsPerBatch || byteCount >= EventLimits.bytesPerBatch
            || columns.count >= EventLimits.columnsPerBatch
    }

    /// The handle of the column `key`, which is created if it is new. Handles remain valid for this builder, also after
    /// `finish()`. O(1) with a hash of the name: look a handle up once, not per row.
    public mutating func handle(_ key: ColumnKey) -> ColumnHandle {
        if let known = handles[key] { return known }
        let handle = ColumnHandle(index: columns.count)
        columns.append(ColumnBuilder(key))
        handles[key] = handle
        return handle
    }

    /// Begins a row. `time` is the event time in nanoseconds since 1970; `signal` is UTF-8.
    public mutating func beginRow(time: Int64, signal: UnsafeRawBufferPointer) {
        precondition(pending == nil, "row \(rowCount) is begun twice")
        precondition(rowCount < EventLimits.rowsPerBatch, "a batch holds \(EventLimits.rowsPerBatch) rows")
        pending = PendingRow(time: time, byteCount: byteCount)
        signals.append(signal)
        byteCount += 16
    }

    public mutating func set(_ handle: ColumnHandle, int64 value: Int64) {
        columns[handle.index].append(value, row: pendingRow)
        byteCount += 8
    }

    public mutating func set(_ handle: ColumnHandle, double value: Double) {
        columns[handle.index].append(value, row: pendingRow)
        byteCount += 8
    }

    public mutating func set(_ handle: ColumnHandle, bool value: Bool) {
        columns[handle.index].append(value, row: pendingRow)
        byteCount += 1
    }

    /// Sets a string or JSON text, which must be valid UTF-8. An empty tenant, component, session or user is left out
    /// (`EventRules`).
    public mutating func set(_ handle: ColumnHandle, string utf8: UnsafeRawBufferPointer) {
        if utf8.isEmpty, handle.isOptionalText {
            columns[handle.index].discard(row: pendingRow)
            return
        }
        columns[handle.index].append(utf8, row: pendingRow, distinct: handle == .id)
        byteCount += utf8.count + 4
    }

    mutating func addBytes(_ count: Int) {
        byteCount += count
    }

    private var pendingRow: UInt32 {
        precondition(pending != nil, "no row is begun")
        return UInt32(truncatingIfNeeded: times.count)
    }

    /// Ends the row and adds it to the batch. `observed` is given only if an append time must be kept (import, restore,
    /// compaction); otherwise the writer stamps it.
    public mutating func endRow(observed stamp: Int64? = nil) {
        guard let row = pending else { preconditionFailure("no row is begun") }
        pending = nil
        times.append(row.time)
        if let stamp { observed.append(stamp) }
    }

    /// Discards the pending row with all its fields.
    public mutating func discardRow() {
        guard let row = pending else { preconditionFailure("no row is begun") }
        for index in columns.indices { columns[index].discard(row: UInt32(truncatingIfNeeded: times.count)) }
        signals.removeLast()
        byteCount = row.byteCount
        pending = nil
    }

    /// Returns the batch of all rows so far and empties the builder. Handles remain valid.
    public mutating func finish() -> EventBatch {
        precondition(pending == nil, "row \(rowCount) is not ended")
        precondition(observed.isEmpty || observed.count == rowCount, "\(observed.count) of \(rowCount) rows are stamped")
        signals.flush()
        for index in columns.indices { columns[index].strings.flush() }
        let batch = makeBatch()
        for index in columns.indices { columns[index].reset() }
        signals.reset()
        times.removeAll(keepingCapacity: true)
        observed.removeAll(keepingCapacity: true)
        byteCount = 0
        return batch
    }
}
