internal import VarveEvents
internal import VarveWire

/// Events by which alerting remembers: what it said of alerts, silences, who took an alert on, and what was set of rules. Whoever
/// may only append events must not speak for it.
enum AlertingEvents {
    private static let prefix = "alert."
    private static let settings = "config.changed"
    private static let settingPrefix = "alerts.rules."

    static func isOne(_ event: Event) -> Bool {
        if event.signal.hasPrefix(prefix) { return event[attribute: "engine"] == .string("varve") }
        guard event.signal == settings, case .string(let key)? = event[attribute: "key"] else { return false }
        return key.hasPrefix(settingPrefix)
    }

    /// The block without them; each becomes a refused record.
    static func refused(in block: DecodedBlock) -> DecodedBlock {
        guard let batch = block.batch,
            batch.groups.contains(where: { $0.signal.hasPrefix(prefix) || $0.signal == settings })
        else { return block }
        var keep = Bitmap(count: batch.rowCount)
        var refused: [Rejection] = []
        var row = 0
        batch.forEachEvent { _, event in
            if isOne(event) {
                let record = block.records.indices.contains(row) ? block.records[row] : nil
                refused.append(
                    Rejection(
                        field: "\(event.signal) of varve's own alerting is not taken from a client", line: Int(block.lines[row]),
                        byteOffset: record?.offset ?? 0, bytes: record?.bytes ?? [],
                        hint: "a token with the scope alerts may send it; /api/v1/silences and /api/v1/rules do the same"))
            } else {
                keep[row] = true
            }
            row += 1
        }
        guard !refused.isEmpty else { return block }
        let lines = block.lines.indices.filter { keep[$0] }.map { block.lines[$0] }
        return block.replacing(lines.isEmpty ? nil : batch.filtered(keep: keep), lines: lines, refused: refused)
    }
}
