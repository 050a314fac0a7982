/// Appending many rows at once, column by column, for decoders that parse a run of rows before they hand it over.
///
///     let first = builder.appendRows(times: times, signals: names, of: text)
///     builder.append(.component, strings: names, of: text, rows: [0, 2], after: first)
///
/// Row numbers are relative to the first row of the run and ascend; a column gets at most one value per row. The result equals
/// that of `beginRow`, `set` and `endRow`. With one call per column, only one string table at a time needs to be in cache, and
/// no single value crosses a module boundary.
extension BatchBuilder {
    /// How many more rows can be appended.
    public var roomForRows: Int { EventLimits.rowsPerBatch - rowCount }

    /// Appends rows with only time and signal. Returns the number of the first one.
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

    /// Appends strings given as spans of `text`, each valid UTF-8. An empty tenant, component, session or user is left out.
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
        // Access the column in place, because copying it would be expensive.
        precondition(columns[handle.index].key.type == type, "\(columns[handle.index].key) takes no \(type)")
        precondition(count == rows.count, "\(count) values for \(rows.count) rows")
        guard let lowest = rows.first, let highest = rows.last else { return }
        precondition(first + Int(highest) < rowCount, "row \(highest) of a run of only \(rowCount - first) rows")
        precondition(
            columns[handle.index].rows.last < Int64(first) + Int64(lowest),
            "\(columns[handle.index].key) has a value in row \(lowest) already")
    }
}
