internal import VarveBatchFormat
internal import VarveEvents

/// Batches to frames and back.
extension Workload {
    static func formatWorkloads(_ traffic: Traffic) throws -> [Workload] {
        let frames = try Frames(traffic)
        var list = [FrameEffort.ingest, .compact].map { effort in
            Workload("batch-format.encode-\(effort == .ingest ? "ingest" : "compact")", events: traffic.events) {
                var hash = ResultHash()
                for batch in traffic.batches { hash.add(FrameEncoder.encode(batch, traffic.context, effort: effort)) }
                return hash.value
            }
        }
        list.append(
            Workload("batch-format.verify", events: traffic.events) {
                var hash = ResultHash()
                try frames.forEach { bytes, header in
                    try FrameDecoder.verify(bytes, header)
                    hash.add(header.rowCount)
                }
                return hash.value
            })
        func attribute(_ name: String, _ type: ValueType) -> ColumnKey { ColumnKey(.attribute, name, type) }
        // One for each way in which a column of this traffic is stored.
        let selections: [(String, ColumnSelection)] = [
            ("all", .all),
            ("times", ColumnSelection(keys: [])),
            ("dictionary", ColumnSelection(keys: [.component], times: false)),
            ("numbered-strings", ColumnSelection(keys: [.session], times: false)),
            ("mapped", ColumnSelection(keys: [.user], times: false)),
            ("decimals", ColumnSelection(keys: [attribute("duration_ms", .double)], times: false)),
            ("integers", ColumnSelection(keys: [attribute("backoff_ms", .int64)], times: false)),
        ]
        return list
            + selections.map { name, selection in
                Workload("batch-format.decode-\(name)", events: traffic.events) {
                    var hash = ResultHash()
                    try frames.forEach { bytes, header in
                        let batch = try FrameDecoder.decode(bytes, header, select: selection)
                        hash.add(batch.rowCount, batch.columns.count, batch.columns.reduce(0) { $0 + $1.values.count })
                    }
                    return hash.value
                }
            }
    }
}

/// All events as encoded frames.
private struct Frames: Sendable {
    private let frames: [[UInt8]]

    init(_ traffic: Traffic) throws {
        frames = traffic.batches.map { FrameEncoder.encode($0, traffic.context) }
    }

    func forEach(_ body: (UnsafeRawBufferPointer, FrameHeader) throws -> Void) throws {
        for frame in frames {
            try frame.withUnsafeBytes { bytes in try body(bytes, FrameHeader(parsing: bytes)) }
        }
    }
}
