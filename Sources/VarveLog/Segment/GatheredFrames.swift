// Collects rows of small frames for one larger frame.

internal import VarveBatchFormat
internal import VarveEvents

/// The rows of the next frame, with their append entries.
struct GatheredFrames {
    private var builder = BatchBuilder()
    private var offsets: [UInt64] = []
    private var bytes = 0
    private var epoch: UInt32 = 0
    private var durable = Offset(0)
    private var appends: [AppendEntry] = []

    var rows: Int { builder.rowCount }

    mutating func note(_ header: FrameHeader) {
        epoch = max(epoch, header.context.epoch)
        durable = max(durable, header.context.durableUpTo)
    }

    /// Adds the append entries of the next `rows` rows, split where a frame ends. Rows without an entry get producer 0.
    mutating func add(_ more: inout ArraySlice<AppendEntry>, rows: Int) {
        var left = UInt32(rows)
        while left > 0 {
            var entry = more.first ?? AppendEntry(producer: 0, epoch: 0, sequence: 0, rows: left)
            let taken = min(left, entry.rows)
            if entry.rows > taken {
                more[more.startIndex].rows -= taken
            } else if !more.isEmpty {
                more.removeFirst()
            }
            entry.rows = taken
            left -= taken
            if let last = appends.last, last.producer == 0, entry.producer == 0 {
                appends[appends.count - 1].rows += taken
            } else if taken > 0 {
                appends.append(entry)
            }
        }
    }

    mutating func takeAppends() -> [AppendEntry] {
        defer { appends = [] }
        return appends.allSatisfy { $0.producer == 0 } ? [] : appends
    }

    func fits(_ batch: EventBatch) -> Bool {
        rows == 0 || bytes + batch.approximateBytes <= EventLimits.bytesPerBatch
    }

    mutating func append(_ batch: EventBatch) -> Bool {
        guard builder.append(contentsOf: batch) else { return false }
        bytes += batch.approximateBytes
        offsets += (0..<batch.rowCount).map { batch.offset(ofRow: $0).value }
        return true
    }

    mutating func take() -> (EventBatch, UInt32, Offset, [AppendEntry]) {
        var batch = builder.finish()
        batch.firstOffset = Offset(offsets[0])
        let isDense = offsets[offsets.count - 1] - offsets[0] == UInt64(offsets.count - 1)
        batch.offsets = isDense ? nil : offsets
        let taken = (batch, epoch, durable, takeAppends())
        self = GatheredFrames()
        return taken
    }
}
