public import VarveEvents

/// Prints the events of batches from their columns, in offset order: the bytes of `EventPrinter` and of `EventCSV` without an
/// `Event` for each row.
public final class BatchPrinter {
    /// What an event is printed as.
    public enum Format: Sendable { case ndjson, csv }

    private let format: Format
    private let text = TextBuffer(capacity: 1 << 16)
    /// The attributes of a row, whose quotes CSV doubles.
    private let data = TextBuffer()
    private var times = PrintedTime()
    private var observedTimes = PrintedTime()
    /// The last append time and its text: many events have the same.
    private var observed: (time: Int64, text: [UInt8])?

    public init(_ format: Format) {
        self.format = format
    }

    /// The text printed since it was last taken.
    public func take() -> [UInt8] {
        defer { text.clear() }
        return Array(text.bytes)
    }

    /// Appends the events of `batch`, with their offsets.
    public func print(_ batch: EventBatch) {
        let columns = batch.columns.map { PrintedColumn($0) }
        let groups = batch.groups.indices.map { GroupColumns(batch, $0, columns) }
        var positions = batch.groups.map(\.positions.lowerBound)
        for row in 0..<batch.rowCount {
            let group = batch.groupOfRow[row]
            let position = positions[group]
            positions[group] = position + 1
            switch format {
            case .ndjson: printLine(batch, row, group, position, groups[group])
            case .csv: printRow(batch, row, group, position, groups[group])
            }
        }
    }

    private func printLine(_ batch: EventBatch, _ row: Int, _ group: Int, _ position: Int, _ columns: GroupColumns) {
        text.put("{\"offset\":")
        text.put(batch.offset(ofRow: row).value)
        if !batch.observed.isEmpty {
            text.put(",\"observed\":\"")
            putObserved(batch.observed[row])
            text.put("\"")
        }
        if let id = columns.id, let index = id.take(group, position) {
            text.put(",\"id\":")
            id.withText(index) { text.put(quoted: $0) }
        }
        text.put(",\"time\":\"")
        times.put(batch.times.isEmpty ? 0 : batch.times[row], to: text)
        text.put("\",\"signal\":")
        columns.signal.withUnsafeBufferPointer { text.put(quoted: $0) }
        put(",\"tenant\":", columns.tenant, group, position)
        put(",\"component\":", columns.component, group, position)
        put(",\"session_id\":", columns.session, group, position)
        put(",\"user_id\":", columns.user, group, position)
        text.put(",\"data\":")
        printAttributes(columns, group, position, to: text)
        text.put("}\n")
    }

    private func put(_ lead: StaticString, _ column: PrintedColumn?, _ group: Int, _ position: Int) {
        guard let column, let index = column.take(group, position) else { return }
        text.put(lead)
        column.withText(index) { text.put(quoted: $0) }
    }

    private func printRow(_ batch: EventBatch, _ row: Int, _ group: Int, _ position: Int, _ columns: GroupColumns) {
        text.put(batch.offset(ofRow: row).value)
        text.put(",")
        if !batch.observed.isEmpty { putObserved(batch.observed[row]) }
        putField(columns.id, group, position)
        text.put(",")
        times.put(batch.times.isEmpty ? 0 : batch.times[row], to: text)
        text.put(",")
        columns.signal.withUnsafeBufferPointer { text.put(field: $0) }
        putField(columns.tenant, group, position)
        putField(columns.component, group, position)
        putField(columns.session, group, position)
        putField(columns.user, group, position)
        text.put(",")
        data.clear()
        printAttributes(columns, group, position, to: data)
        text.put(field: data.bytes)
        text.put("\r\n")
    }

    private func putField(_ column: PrintedColumn?, _ group: Int, _ position: Int) {
        text.put(",")
        guard let column, let index = column.take(group, position) else { return }
        column.withText(index) { text.put(field: $0) }
    }

    private func printAttributes(_ columns: GroupColumns, _ group: Int, _ position: Int, to text: TextBuffer) {
        var lead = UInt8(ascii: "{")
        for column in columns.attributes {
            guard let index = column.take(group, position) else { continue }
            text.put(lead)
            lead = UInt8(ascii: ",")
            column.print(index, to: text)
        }
        if lead == UInt8(ascii: "{") { text.put(lead) }
        text.put(UInt8(ascii: "}"))
    }

    private func putObserved(_ time: Int64) {
        if let observed, observed.time == time { return text.put(observed.text) }
        let start = text.count
        observedTimes.put(time, to: text)
        observed = (time, Array(text.bytes[start...]))
    }
}

/// The columns that have values in one group.
private struct GroupColumns {
    let signal: [UInt8]
    var id, tenant, component, session, user: PrintedColumn?
    var attributes: [PrintedColumn] = []

    init(_ batch: EventBatch, _ group: Int, _ columns: [PrintedColumn]) {
        signal = Array(batch.groups[group].signal.utf8)
        for (column, printed) in zip(batch.columns, columns) where !column.valueRange(ofGroup: group).isEmpty {
            switch column.key {
            case .id: id = printed
            case .tenant: tenant = printed
            case .component: component = printed
            case .session: session = printed
            case .user: user = printed
            case let key where key.scope == .attribute: attributes.append(printed)
            default: break
            }
        }
    }
}
