// Encodes a batch as a frame:
//
//     ┌──────────────┬───────────┬────────┬────────┬───┬─────────────────────┐
//     │ header <128b>│ directory │ column │ column │ … │ zeros to 8 bytes    │
//     └──────────────┴───────────┴────────┴────────┴───┴─────────────────────┘

public import VarveEvents
internal import VarveHash

/// Encodes batches as frames. Pure: no files, no clock.
public enum FrameEncoder {
    /// Encodes `batch` as a frame; the size is a multiple of 8. O(values).
    ///
    /// - Precondition: the batch has rows, its offsets are assigned and its `observed` times are stamped.
    public static func encode(
        _ batch: EventBatch, _ context: FrameContext, appends: [AppendEntry] = [], effort: FrameEffort = .ingest
    ) -> [UInt8] {
        var entries: [ColumnEntry] = []
        var payloads: [[UInt8]] = []
        func add(_ id: ColumnID, _ raw: [UInt8]) {
            let shrunk = Compression.compress(raw, effort: effort)
            let stored = shrunk ?? raw
            entries.append(
                ColumnEntry(
                    id: id, isCompressed: shrunk != nil, rawSize: raw.count, storedSize: stored.count,
                    hash: stored.withUnsafeBytes { XXH3.hash64($0) }))
            payloads.append(stored)
        }
        add(.time, integers(batch.times, units: timeUnits))
        add(.observed, integers(batch.observed, units: timeUnits))
        if batch.groups.count > 1 { add(.group, groupColumn(batch.groupOfRow)) }
        if let offsets = batch.offsets { add(.offset, integers(offsets.map { Int64(bitPattern: $0) }, units: [])) }
        let before = entries.count
        var parents: [(number: Int, column: Column)] = []
        for (index, column) in batch.columns.enumerated() {
            let (raw, isMapped) = encoded(column, parents)
            add(.of(column.key), raw)
            if !isMapped { parents.append((before + index, column)) }
        }

        var directory = ByteWriter(reserving: 1_024)
        FrameDirectory(groups: batch.groups, appends: appends, columns: entries).encode(into: &directory)
        let used = FrameHeader.fixedSize + directory.count + payloads.reduce(0) { $0 + $1.count }
        let size = (used + 7) / 8 * 8
        precondition(size <= FrameHeader.sizeMax, "a frame of \(size) bytes from a batch of \(batch.rowCount) rows")
        let header = FrameHeader(
            context: context, batch: batch, flags: batch.offsets == nil ? 0 : FrameHeader.sparseOffsets, frameSize: size,
            directorySize: directory.count, directoryHash: directory.bytes.withUnsafeBytes { XXH3.hash64($0) })
        var frame = ByteWriter(reserving: size)
        frame.append(header.encoded())
        frame.append(directory.bytes)
        for payload in payloads { frame.append(payload) }
        frame.zeros(size - used)
        return frame.bytes
    }

    /// Seconds, milliseconds and microseconds in nanoseconds: the resolutions of usual clocks.
    private static let timeUnits: [Int64] = [1_000_000_000, 1_000_000, 1_000]

    private static func integers(_ values: [Int64], units: [Int64]) -> [UInt8] {
        var writer = ByteWriter(reserving: values.count * 2)
        values.withUnsafeBufferPointer { IntegerBlocks.encode($0, deltas: true, units: units, into: &writer) }
        writer.zeros(FormatLimits.columnPadding)
        return writer.bytes
    }

    /// The bytes of a column, stored as a mapping if an earlier column determines it.
    private static func encoded(_ column: Column, _ parents: [(number: Int, column: Column)]) -> ([UInt8], isMapped: Bool) {
        for parent in parents {
            guard let mapping = MappedStrings.mapping(of: column, by: parent.column) else { continue }
            var writer = ByteWriter()
            MappedStrings.encode(mapping, parent: parent.number, presence: column.presence, into: &writer)
            return (writer.bytes, true)
        }
        return (ColumnCodec.encode(column), false)
    }

    private static func groupColumn(_ codes: Codes) -> [UInt8] {
        var writer = ByteWriter(reserving: codes.count)
        CodeArrays.encode(codes, into: &writer)
        writer.zeros(FormatLimits.columnPadding)
        return writer.bytes
    }
}
