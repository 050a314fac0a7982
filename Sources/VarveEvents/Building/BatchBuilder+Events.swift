/// Appending whole events and whole batches.
extension BatchBuilder {
    /// Appends an event, including its `observed` if it has one and `keepsObserved` is set. In a batch either all events must
    /// have it or none.
    public mutating func append(_ event: Event, keepsObserved: Bool = true) {
        let shape = withUTF8(event.signal) { signal in
            beginRow(time: event.time.nanoseconds, signal: signal)
            // A cheap hash that usually differs between signals.
            return (signal.count &* 37 &+ Int(signal.last ?? 0)) % Self.shapesMax
        }
        set(.id, event.id)
        set(.tenant, event.tenant)
        set(.component, event.component)
        set(.session, event.session)
        set(.user, event.user)
        for (place, attribute) in event.attributes.enumerated() {
            let handle = handle(attribute.name, attribute.value.type, shape, place)
            switch attribute.value {
            case .int64(let value): set(handle, int64: value)
            case .double(let value): set(handle, double: value)
            case .bool(let value): set(handle, bool: value)
            case .string(let text), .json(let text): set(handle, text)
            }
        }
        endRow(observed: keepsObserved ? event.observed?.nanoseconds : nil)
    }

    /// Appends all rows of `batch`, in order. Returns false, and appends nothing, when they do not fit one batch: too many rows
    /// or columns, or append times on one side only. O(values), with one lookup per distinct string.
    public mutating func append(contentsOf batch: EventBatch) -> Bool {
        precondition(pending == nil, "row \(rowCount) is not ended")
        guard rowCount + batch.rowCount <= EventLimits.rowsPerBatch, hasRoom(for: batch.columns),
            rowCount == 0 || observed.isEmpty == batch.observed.isEmpty
        else { return false }
        let first = UInt32(truncatingIfNeeded: rowCount)
        let rows = batch.rowsByPosition()
        times.append(contentsOf: batch.times)
        observed.append(contentsOf: batch.observed)
        let names = batch.groups.map { group in withUTF8(group.signal) { signals.number(of: $0) } }
        for row in 0..<batch.rowCount { signals.append(names[batch.groupOfRow[row]]) }
        addBytes(batch.rowCount * 16)
        for column in batch.columns {
            let index = handle(column.key).index
            let present = column.positionsPresent(rowCount: batch.rowCount, groups: batch.groups)
            addBytes(columns[index].append(column, positionsPresent: present, rowOfPosition: rows, firstRow: first))
        }
        return true
    }

    /// Whether the columns fit. Known names take no room; names are compared only if that can matter.
    private func hasRoom(for more: [Column]) -> Bool {
        columns.count + more.count <= EventLimits.columnsPerBatch
            || columns.count + more.count(where: { handles[$0.key] == nil }) <= EventLimits.columnsPerBatch
    }

    /// The column of the attribute at `place` of an event. Guesses the column at the same place in the last event of this
    /// shape.
    private mutating func handle(_ name: String, _ type: ValueType, _ shape: Int, _ place: Int) -> ColumnHandle {
        guard place < Self.shapePlaces else { return handle(ColumnKey(.attribute, name, type)) }
        let index = shape * Self.shapePlaces + place
        while shapes.count <= index { shapes.append(0) }
        let guess = Int(shapes[index])
        if columns[guess].key.type == type, columns[guess].key.scope == .attribute,
            ColumnKey.isSame(columns[guess].key.name, name)
        {
            return ColumnHandle(index: guess)
        }
        let handle = handle(ColumnKey(.attribute, name, type))
        shapes[index] = UInt32(truncatingIfNeeded: handle.index)
        return handle
    }

    private static let shapePlaces = 16
    private static let shapesMax = 256

    private mutating func set(_ handle: ColumnHandle, _ text: String?) {
        guard let text else { return }
        withUTF8(text) { set(handle, string: $0) }
    }
}

private func withUTF8<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    var text = text
    return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}
