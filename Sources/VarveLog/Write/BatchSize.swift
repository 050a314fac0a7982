// Checks that a batch makes a valid frame, before it is queued.

internal import VarveBatchFormat
internal import VarveEvents

extension EventBatch {
    /// Raw bytes, counted like `BatchBuilder.byteCount` or slightly fewer. Signal names count twice because the frame's
    /// directory holds them as well. O(columns + signals).
    var approximateBytes: Int {
        columns.reduce(rowCount * 16 + signalBytes * 2) { sum, column in
            switch column.values {
            case .strings(_, let table): sum + table.bytes.count + column.values.count * 4
            case .bool: sum + column.values.count
            default: sum + column.values.count * 8
            }
        }
    }

    private var signalBytes: Int { groups.reduce(0) { $0 + $1.signal.utf8.count } }

    /// Throws `.batchRefused`, with what is wrong and where, for a batch that exceeds a limit or holds what no event may
    /// (`EventRules`). O(columns + distinct strings + fractions).
    ///
    /// A batch is appended as a whole or not at all, as one frame or part of one, so it is never split. A builder that is
    /// finished when it is full exceeds 16 MiB by at most one event, which the doubled byte limit allows for.
    func checkLimits() throws(LogError) {
        guard rowCount <= EventLimits.rowsPerBatch, columns.count <= EventLimits.columnsPerBatch else {
            throw refused(
                "a batch of \(rowCount) rows and \(columns.count) columns; the limits are \(EventLimits.rowsPerBatch) and "
                    + "\(EventLimits.columnsPerBatch): split it")
        }
        guard times.count == rowCount else { throw refused("\(times.count) times for \(rowCount) rows") }
        let bytes = approximateBytes
        guard bytes <= EventLimits.bytesPerBatch * 2, signalBytes <= FormatLimits.directoryBytes / 2 else {
            throw refused("a batch of \(bytes) bytes; the limit is \(EventLimits.bytesPerBatch): split it")
        }
        for group in groups { try check("the name of a signal", group.signal.utf8.count, EventLimits.nameBytes) }
        for column in columns {
            let name = column.key.scope == .attribute ? "attribute \"\(column.key.name.prefix(64))\"" : column.key.name
            try check("the name of an attribute", column.key.name.utf8.count, EventLimits.nameBytes)
            guard case .strings(_, let table) = column.values else { continue }
            let limit =
                switch column.key {
                case .id: EventLimits.idBytes
                case .tenant: EventLimits.nameBytes
                default: EventLimits.stringBytes
                }
            try check(name, table.longest, limit)
        }
        if let flaw = EventRules.flaw(of: self) { throw refused(flaw) }
    }

    private func check(_ what: String, _ bytes: Int, _ limit: Int) throws(LogError) {
        if bytes > limit { throw refused("\(what) has \(bytes) bytes; the limit is \(limit)") }
    }

    private func refused(_ what: String) -> LogError { LogError(.batchRefused, what + ". No part of the batch was appended") }
}

extension StringTable {
    /// Length of the longest string in bytes, 0 when there is none.
    var longest: Int {
        bounds.withUnsafeBufferPointer { bounds in
            var longest: UInt32 = 0
            for index in 1..<max(1, bounds.count) { longest = max(longest, bounds[index] &- bounds[index - 1]) }
            return Int(longest)
        }
    }
}
