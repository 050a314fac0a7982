// Decoding of single parts of frames.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// The appends that a frame contains, with their sequence numbers.
func frameAppends(_ raw: UnsafeRawBufferPointer, _ frame: FoundFrame) throws -> [AppendEntry] {
    try FrameDecoder.appends(UnsafeRawBufferPointer(rebasing: raw[frame.range]), frame.header)
}

/// The ids in a frame.
func frameIDs(_ raw: UnsafeRawBufferPointer, _ frame: FoundFrame) throws -> [IDEntry] {
    let selection = ColumnSelection(keys: [.id, .tenant], times: false, observed: false)
    let batch = try FrameDecoder.decode(UnsafeRawBufferPointer(rebasing: raw[frame.range]), frame.header, select: selection)
    return BatchIDs(batch).entries(batch)
}

/// The append entries of a sealed segment. They are read from the heads of its frames, at the positions that the footer gives.
/// Only if footer and heads disagree is the whole segment read.
struct SegmentAppends {
    typealias Frame = (first: Offset, entries: [AppendEntry])

    private let disk: any Disk
    private let path: String
    private let store: StoreID
    private let record: SegmentRecord
    /// For frames of at least this size only the head is read.
    private static let worthSkipping = 32 << 10
    /// Bytes read at first for a head; few heads are longer.
    private static let headGuess = 4_096

    init(_ disk: any Disk, _ path: String, _ store: StoreID, _ record: SegmentRecord) {
        self.disk = disk
        self.path = path
        self.store = store
        self.record = record
    }

    func read() throws -> [Frame] {
        let file = try disk.openFile(path)
        if !record.isDamaged, let frames = try heads(file) { return frames }
        let bytes = try file.readAll(limit: LogLimits.segmentBytes)
        return try bytes.withUnsafeBytes { raw in
            try SegmentWalk(raw, store: store, first: record.first, limit: record.end).frames.map {
                ($0.header.firstOffset, try frameAppends(raw, $0))
            }
        }
    }

    /// Nil when a head does not match the footer.
    private func heads(_ file: DiskFile) throws -> [Frame]? {
        let buffer = FrameBuffer()
        do {
            let footer = try buffer.footer(file)
            guard footer.first == record.first, footer.end == record.end, footer.rows == record.rows else { return nil }
            return try footer.frames.map { try head($0, file, buffer) }
        } catch is FormatError {
            return nil
        }
    }

    private func head(_ entry: FrameEntry, _ file: DiskFile, _ buffer: FrameBuffer) throws -> Frame {
        let size = Int(entry.size)
        if size < Self.worthSkipping { return try head(entry, buffer.bytes(file, at: entry.position, count: size)) }
        var bytes = try file.read(min(size, Self.headGuess), at: entry.position)
        let wanted = try bytes.withUnsafeBytes { try FrameHeader(parsing: $0).headSize }
        if wanted > bytes.count { bytes = try file.read(wanted, at: entry.position) }
        return try bytes.withUnsafeBytes { try head(entry, $0) }
    }

    private func head(_ entry: FrameEntry, _ raw: UnsafeRawBufferPointer) throws -> Frame {
        let header = try FrameHeader(parsing: raw)
        guard header.context.store == store, header.context.segment == record.first, header.firstOffset == entry.first,
            header.frameSize == Int(entry.size)
        else { throw FormatError(.malformed, "the frame does not match the footer's entry") }
        guard raw.count >= header.headSize else { throw FormatError(.truncated, "the head of a frame is cut off") }
        return (header.firstOffset, try FrameDecoder.appends(head: raw, header))
    }
}
