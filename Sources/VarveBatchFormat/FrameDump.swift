// Describes every byte range of a frame. For `varve log inspect`, and for golden files, whose dumps are text so that
// differences are readable.

internal import VarveEvents

/// Describes frames.
public enum FrameDump {
    /// All bytes of a frame in order, without gaps. `frame` has exactly `header.frameSize` bytes. A column that cannot be
    /// decoded gets a line with the reason.
    public static func lines(_ frame: UnsafeRawBufferPointer, _ header: FrameHeader) throws(FormatError) -> [DumpLine] {
        let directory = try FrameDecoder.directory(frame, header)
        var lines = headerLines(header)
        lines += try directoryLines(frame, header)
        var end = FrameHeader.fixedSize + header.directorySize
        for entry in directory.columns {
            end = entry.position + entry.storedSize
            lines.append(DumpLine(bytes: entry.position..<end, text: text(of: entry, frame, header)))
        }
        if end < frame.count { lines.append(DumpLine(bytes: end..<frame.count, text: "zeros to a multiple of 8")) }
        return lines
    }

    /// The sizes of a frame's columns. Reads only the directory.
    public static func columnSizes(
        _ frame: UnsafeRawBufferPointer, _ header: FrameHeader
    ) throws(FormatError) -> [ColumnSize] {
        try FrameDecoder.directory(frame, header).columns.map { entry in
            var key: ColumnKey?
            if case .of(let known) = entry.id { key = known }
            return ColumnSize(key: key, name: name(of: entry.id), rawBytes: entry.rawSize, storedBytes: entry.storedSize)
        }
    }

    private static func headerLines(_ header: FrameHeader) -> [DumpLine] {
        let context = header.context
        let fields: [(Int, String)] = [
            (4, "magic VRVF"), (2, "version \(FormatLimits.version)"),
            (2, "flags \(header.flags)" + (header.hasSparseOffsets ? ": offsets are stored" : "")),
            (16, "store \(hex(context.store.high)) \(hex(context.store.low))"), (8, "segment \(context.segment)"),
            (4, "epoch \(context.epoch)"), (4, "rows \(header.rowCount)"), (8, "first offset \(header.firstOffset)"),
            (8, "end offset \(header.endOffset)"), (8, "previous hash \(hex(context.previousHash))"),
            (8, "durable up to \(context.durableUpTo)"), (8, "min time \(header.minTime.nanoseconds)"),
            (8, "max time \(header.maxTime.nanoseconds)"), (8, "min observed \(header.minObserved.nanoseconds)"),
            (8, "max observed \(header.maxObserved.nanoseconds)"), (4, "frame size \(header.frameSize)"),
            (4, "directory size \(header.directorySize)"), (8, "directory hash \(hex(header.directoryHash))"),
            (8, "header hash \(hex(header.hash))"),
        ]
        var position = 0
        return fields.map { size, text in
            defer { position += size }
            return DumpLine(bytes: position..<(position + size), text: text)
        }
    }

    /// Describes the directory item by item. It has been verified and parsed before.
    private static func directoryLines(
        _ frame: UnsafeRawBufferPointer, _ header: FrameHeader
    ) throws(FormatError) -> [DumpLine] {
        let start = FrameHeader.fixedSize
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: frame[start..<(start + header.directorySize)]))
        var lines: [DumpLine] = []
        var from = 0
        func add(_ text: String) {
            lines.append(DumpLine(bytes: (start + from)..<(start + reader.position), text: text))
            from = reader.position
        }
        let signals = try reader.count(atMost: header.rowCount, "signals")
        add("directory: \(signals) signals")
        for _ in 0..<signals {
            let name = try reader.string(atMost: EventLimits.nameBytes)
            add("  signal \(name), \(try reader.varint()) rows")
        }
        let appends = try reader.count(atMost: header.rowCount, "appends")
        add("  \(appends) appends")
        for _ in 0..<appends {
            let producer = hex(try reader.u64())
            let epoch = try reader.varint()
            let sequence = try reader.varint()
            add("  append of producer \(producer), epoch \(epoch), sequence \(sequence), \(try reader.varint()) rows")
        }
        let columns = try reader.count(atMost: EventLimits.columnsPerBatch + 8, "columns")
        add("  \(columns) columns")
        for _ in 0..<columns {
            let scope = try reader.u8()
            let type = try reader.u8()
            let name = try reader.string(atMost: EventLimits.nameBytes)
            let compression = try reader.u8() == 2 ? "LZ4" : "plain"
            let raw = try reader.varint()
            let stored = try reader.varint()
            let hash = hex(try reader.u64())
            add("  column \(name), scope \(scope), type \(type), \(compression), raw \(raw), stored \(stored), hash \(hash)")
        }
        return lines
    }

    private static func text(of entry: ColumnEntry, _ frame: UnsafeRawBufferPointer, _ header: FrameHeader) -> String {
        let sizes = entry.isCompressed ? "LZ4, \(entry.rawSize) bytes when unpacked" : "plain"
        return "column \(name(of: entry.id)): \(sizes); \(content(entry, frame, header))"
    }

    private static func content(_ entry: ColumnEntry, _ frame: UnsafeRawBufferPointer, _ header: FrameHeader) -> String {
        guard case .of(let key) = entry.id else { return "\(header.rowCount) integers, one per row" }
        do throws(FormatError) {
            let selection = ColumnSelection(keys: [key], times: false, observed: false)
            guard let column = try FrameDecoder.decode(frame, header, select: selection).column(key) else {
                return "no values"
            }
            return "\(column.values.count) values for \(presence(column.presence)), \(values(column.values))"
        } catch {
            return "damaged: \(error.message)"
        }
    }

    private static func presence(_ presence: Presence) -> String {
        switch presence {
        case .all: "every row"
        case .groups(let bits): "\(bits.onesCount) whole signals"
        case .positions: "single rows"
        }
    }

    private static func values(_ values: ColumnValues) -> String {
        switch values {
        case .int64: "integers"
        case .double: "doubles"
        case .decimal(_, let scale): "decimals with \(scale) digits"
        case .bool: "bits"
        case .strings(.identity, let table): "\(table.count) distinct strings"
        case .strings(_, let table): "codes into a dictionary of \(table.count)"
        }
    }

    private static func name(of id: ColumnID) -> String {
        if case .of(let key) = id { return "\(key.name) (\(key.scope) \(key.type))" }
        return ColumnID.system.first { $0.0 == id }?.1 ?? ""
    }
}
