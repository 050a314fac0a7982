/// Many rows at once, column by column: for decoders that know a stretch of rows before they hand them over.
///
///     let first = builder.appendRows(times: times, signals: names, of: text)
///     builder.append(.component, strings: names, of: text, rows: [0, 2], after: first)
///
/// Rows are counted from the first one of the stretch and ascend; a column gets at most one value for each. What is added so is
/// the same, value by value, as with `beginRow`, `set` and `endRow`. One call per column leaves one string table at a time in the
/// cache, and a value crosses no module border.
extension BatchBuilder {
    /// How many more rows may be appended.
    public var roomForRows: Int { EventLimits.rowsPerBatch - rowCount }

    /// Adds rows that have only time and signal so far. Returns the number of the first one.
    public mutating func appendRows(
        times stretch: UnsafeBufferPointer<Int64>, signals names: UnsafeBufferPointer<TextSpan>, of text: UnsafeRawPointer
    ) -> Int {
        precondition(pending == nil, "row \(rowCount) is not ended")
        precondition(stretch.count == names.count, "\(stretch.count) times, \(names.count) signals")
        precondition(stretch.count <= roomForRows, "a batch holds \(EventLimits.rowsPerBatch) rows")
        let first = rowCount
        times.append(contentsOf: stretch)
        signals.append(names, of: text)
        addBytes(16 * stretch.count)
        return first
    }

    public mutating func append(
        _ handle: ColumnHandle, int64 values: UnsafeBufferPointer<Int64>, rows: UnsafeBufferPointer<UInt32>, after first: Int
    ) {
        checkStretch(handle, .int64, values.count, rows, first)
        columns[handle.index].int64.append(contentsOf: values)
        columns[handle.index].rows.append(rows, after: UInt32(truncatingIfNeeded: first))
        addBytes(8 * values.count)
    }

    public mutating func append(
        _ handle: ColumnHandle, double values: UnsafeBufferPointer<Double>, rows: UnsafeBufferPointer<UInt32>, after first: Int
    ) {
        checkStretch(handle, .double, values.count, rows, first)
        columns[handle.index].double.append(contentsOf: values)
        columns[handle.index].rows.append(rows, after: UInt32(truncatingIfNeeded: first))
        addBytes(8 * values.count)
    }

    public mutating func append(
        _ handle: ColumnHandle, bool values: UnsafeBufferPointer<Bool>, rows: UnsafeBufferPointer<UInt32>, after first: Int
    ) {
        checkStretch(handle, .bool, values.count, rows, first)
        columns[handle.index].bool.append(contentsOf: values)
        columns[handle.index].rows.append(rows, after: UInt32(truncatingIfNeeded: first))
        addBytes(values.count)
    }

    /// Adds strings given as places in `text`, valid UTF-8 each. An empty tenant, component, session or user is none.
    public mutating func append(
        _ handle: ColumnHandle, strings spans: UnsafeBufferPointer<TextSpan>, of text: UnsafeRawPointer,
        rows: UnsafeBufferPointer<UInt32>, after first: Int
    ) {
        guard handle.isOptionalText, spans.contains(where: { $0.count == 0 }) else {
            return add(handle, spans, text, rows, first)
        }
        let present = zip(spans, rows).filter { $0.0.count > 0 }
        present.map(\.0).withUnsafeBufferPointer { spans in
            present.map(\.1).withUnsafeBufferPointer { rows in add(handle, spans, text, rows, first) }
        }
    }

    private mutating func add(
        _ handle: ColumnHandle, _ spans: UnsafeBufferPointer<TextSpan>, _ text: UnsafeRawPointer,
        _ rows: UnsafeBufferPointer<UInt32>, _ first: Int
    ) {
        checkStretch(handle, columns[handle.index].key.type == .json ? .json : .string, spans.count, rows, first)
        if columns[handle.index].isDistinct {
            columns[handle.index].distinct.append(spans, of: text)
        } else {
            columns[handle.index].strings.append(spans, of: text)
        }
        columns[handle.index].rows.append(rows, after: UInt32(truncatingIfNeeded: first))
        var bytes = 4 * spans.count
        for span in spans { bytes &+= Int(span.count) }
        addBytes(bytes)
    }

    private func checkStretch(
        _ handle: ColumnHandle, _ type: ValueType, _ count: Int, _ rows: UnsafeBufferPointer<UInt32>, _ first: Int
    ) {
        // The column is not copied: it is large.
        precondition(columns[handle.index].key.type == type, "\(columns[handle.index].key) takes no \(type)")
        precondition(count == rows.count, "\(count) values for \(rows.count) rows")
        guard let lowest = rows.first, let highest = rows.last else { return }
        precondition(first + Int(highest) < rowCount, "row \(highest) of a stretch that has only \(rowCount - first)")
        precondition(
            columns[handle.index].rows.last < Int64(first) + Int64(lowest),
            "\(columns[handle.index].key) has a value in row \(lowest) already")
    }
}
