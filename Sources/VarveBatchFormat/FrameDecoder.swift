public import VarveEvents
internal import VarveHash

/// Decodes frames, for readers, recovery, compaction and verification alike.
public enum FrameDecoder {
    /// Decodes the selected columns of a frame.
    ///
    /// - Parameters:
    ///   - frame: exactly `header.frameSize` bytes.
    ///   - header: the header parsed from them.
    /// - Throws: `.checksumMismatch` for a damaged directory or selected column, `.malformed`, `.truncated`.
    public static func decode(
        _ frame: UnsafeRawBufferPointer, _ header: FrameHeader, select: ColumnSelection
    ) throws(FormatError) -> EventBatch {
        let directory = try directory(frame, header)
        var batch = try skeleton(frame, header, directory)
        for entry in directory.columns {
            switch entry.id {
            case .time: if select.times { batch.times = try integers(frame, entry, header.rowCount, grain: select.timeGrain) }
            case .observed: if select.observed { batch.observed = try integers(frame, entry, header.rowCount) }
            case .group, .offset: break
            case .of(let key):
                guard select.keys?.contains(key) ?? true else { continue }
                batch.columns.append(try column(frame, entry, key, header, directory, known: batch.columns))
            }
        }
        guard !select.times || batch.times.count == header.rowCount, !select.observed || batch.observed.count == header.rowCount
        else { throw FormatError(.malformed, "a frame without times") }
        for index in batch.columns.indices.dropFirst() where !(batch.columns[index - 1].key < batch.columns[index].key) {
            throw FormatError(.malformed, "columns out of order")
        }
        return batch
    }

    /// Decodes one column, and first its parent if it is a mapped column. `known` are the columns decoded so far.
    private static func column(
        _ frame: UnsafeRawBufferPointer, _ entry: ColumnEntry, _ key: ColumnKey, _ header: FrameHeader,
        _ directory: FrameDirectory, known: [Column]
    ) throws(FormatError) -> Column {
        try withPayload(frame, entry) { (bytes) throws(FormatError) in
            try ColumnCodec.decode(bytes, key: key, rowCount: header.rowCount, groups: directory.groups) {
                (number) throws(FormatError) in
                guard number < directory.columns.count, case .of(let parentKey) = directory.columns[number].id,
                    directory.columns[number].position < entry.position
                else { throw FormatError(.malformed, "column \(key.name) is mapped by column \(number)") }
                if let parent = known.first(where: { $0.key == parentKey }) { return try ParentCodes(parent) }
                return try withPayload(frame, directory.columns[number]) { (bytes) throws(FormatError) in
                    try ParentCodes(bytes, key: parentKey, rowCount: header.rowCount, groups: directory.groups)
                }
            }
        }
    }

    /// The signals of a frame, sorted. Reads only the directory.
    public static func signals(_ frame: UnsafeRawBufferPointer, _ header: FrameHeader) throws(FormatError) -> [String] {
        try directory(frame, header).groups.map(\.signal)
    }

    /// The append entries of a frame. Reads only the directory.
    public static func appends(_ frame: UnsafeRawBufferPointer, _ header: FrameHeader) throws(FormatError) -> [AppendEntry] {
        try directory(frame, header).appends
    }

    /// The append entries, from the first `headSize` bytes of a frame.
    public static func appends(head: UnsafeRawBufferPointer, _ header: FrameHeader) throws(FormatError) -> [AppendEntry] {
        try directory(head: head, header).appends
    }

    /// Verifies all checksums of a frame, and that its padding is zero. Decodes nothing.
    public static func verify(_ frame: UnsafeRawBufferPointer, _ header: FrameHeader) throws(FormatError) {
        let directory = try directory(frame, header)
        var end = FrameHeader.fixedSize + header.directorySize
        for entry in directory.columns {
            _ = try stored(frame, entry)
            end = entry.position + entry.storedSize
        }
        for byte in frame[end...] where byte != 0 { throw FormatError(.checksumMismatch, "padding that is not zero") }
    }

    /// The signals of a frame, from its head, which is the header and the directory.
    public static func signals(head: UnsafeRawBufferPointer, _ header: FrameHeader) throws(FormatError) -> [String] {
        try directory(head: head, header).groups.map(\.signal)
    }

    /// The columns of a frame, from its head.
    public static func columns(head: UnsafeRawBufferPointer, _ header: FrameHeader) throws(FormatError) -> [ColumnKey] {
        try directory(head: head, header).columns.compactMap { entry in
            if case .of(let key) = entry.id { key } else { nil }
        }
    }

    static func directory(_ frame: UnsafeRawBufferPointer, _ header: FrameHeader) throws(FormatError) -> FrameDirectory {
        guard frame.count == header.frameSize else {
            throw FormatError(.truncated, "\(frame.count) bytes of a frame of \(header.frameSize)")
        }
        return try directory(head: frame, header)
    }

    private static func directory(
        head: UnsafeRawBufferPointer, _ header: FrameHeader
    ) throws(FormatError) -> FrameDirectory {
        guard head.count >= header.headSize else {
            throw FormatError(.truncated, "\(head.count) bytes of a head of \(header.headSize)")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: head[FrameHeader.fixedSize..<header.headSize])
        guard XXH3.hash64(bytes) == header.directoryHash else {
            throw FormatError(.checksumMismatch, "the directory's checksum is \(hex(XXH3.hash64(bytes)))")
        }
        return try FrameDirectory(parsing: bytes, header: header)
    }

    private static func skeleton(
        _ frame: UnsafeRawBufferPointer, _ header: FrameHeader, _ directory: FrameDirectory
    ) throws(FormatError) -> EventBatch {
        let rows = header.rowCount
        var groupOfRow = Codes.constant(count: rows)
        if directory.groups.count > 1 {
            guard let entry = directory.columns.first(where: { $0.id == .group }) else {
                throw FormatError(.malformed, "a frame of several signals without a group column")
            }
            let limit = directory.groups.count
            groupOfRow = try withPayload(frame, entry) { (bytes) throws(FormatError) in
                var reader = ByteReader(bytes)
                return try CodeArrays.decode(&reader, count: rows, limit: limit)
            }
            try checkCounts(groupOfRow, directory.groups)
        }
        var offsets: [UInt64]?
        if header.hasSparseOffsets {
            guard let entry = directory.columns.first(where: { $0.id == .offset }) else {
                throw FormatError(.malformed, "a frame with sparse offsets but without an offset column")
            }
            let stored = try integers(frame, entry, rows).map { UInt64(bitPattern: $0) }
            for index in stored.indices.dropFirst() where stored[index] <= stored[index - 1] {
                throw FormatError(.malformed, "offsets out of order")
            }
            guard stored.first == header.firstOffset.value, stored.last == header.endOffset.value &- 1 else {
                throw FormatError(.malformed, "the offsets do not match the header")
            }
            offsets = stored
        }
        return EventBatch(
            rowCount: rows, firstOffset: header.firstOffset, offsets: offsets, times: [], groups: directory.groups,
            groupOfRow: groupOfRow, columns: [])
    }

    /// Checks that each group has as many rows as the directory says, because the arithmetic of positions relies on it.
    private static func checkCounts(_ codes: Codes, _ groups: [SignalGroup]) throws(FormatError) {
        let counts = codes.histogram(0..<codes.count, limit: groups.count)
        for (count, group) in zip(counts, groups) where Int(count) != group.positions.count {
            throw FormatError(.malformed, "\(count) rows of signal \(group.signal), the directory says \(group.positions.count)")
        }
    }

    private static func integers(
        _ frame: UnsafeRawBufferPointer, _ entry: ColumnEntry, _ count: Int, grain: Int64? = nil
    ) throws(FormatError) -> [Int64] {
        try withPayload(frame, entry) { (bytes) throws(FormatError) in
            var reader = ByteReader(bytes)
            return try IntegerBlocks.decodeArray(&reader, count: count, as: Int64.self, grain: grain).values
        }
    }

    /// The stored bytes of a column, after verifying their checksum.
    private static func stored(
        _ frame: UnsafeRawBufferPointer, _ entry: ColumnEntry
    ) throws(FormatError) -> UnsafeRawBufferPointer {
        let bytes = UnsafeRawBufferPointer(rebasing: frame[entry.position..<(entry.position + entry.storedSize)])
        guard XXH3.hash64(bytes) == entry.hash else {
            throw FormatError(.checksumMismatch, "the checksum of the column at byte \(entry.position) does not match")
        }
        return bytes
    }

    private static func withPayload<Result>(
        _ frame: UnsafeRawBufferPointer, _ entry: ColumnEntry, _ body: (UnsafeRawBufferPointer) throws(FormatError) -> Result
    ) throws(FormatError) -> Result {
        let bytes = try stored(frame, entry)
        guard entry.isCompressed else { return try body(bytes) }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: entry.rawSize, alignment: 8)
        defer { scratch.deallocate() }
        try Compression.decompress(bytes, into: scratch)
        return try body(UnsafeRawBufferPointer(scratch))
    }
}
