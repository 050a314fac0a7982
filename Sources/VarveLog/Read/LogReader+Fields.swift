// The signals and columns that occur in a log, read from the heads of its frames without reading any column.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// Bytes read at first for a frame's head; a larger head needs a second read.
private let usualHead = 8_192

extension LogReader {
    /// The signals and columns of all events up to the watermark, including kept events below R. Damaged frames are skipped; a
    /// scan reports them.
    ///
    /// - Parameter isEnough: called after each frame; returning true ends the search early.
    public func fields(until isEnough: (LogFields) -> Bool = { _ in false }) throws(LogError) -> LogFields {
        let durable = try durable()
        var fields = LogFields()
        let buffer = FrameBuffer()
        for segment in try segments() + keptSegments() {
            // Retention may have removed the file since; its events no longer count.
            guard let file = try? disk.openFile(segment.path) else { continue }
            if segment.isSealed, let footer = try? buffer.footer(file) {
                for entry in footer.frames {
                    _ = fields.add(file, at: entry.position)
                    if isEnough(fields) { return fields }
                }
                continue
            }
            var position = UInt64(SegmentHeader.size)
            while let header = fields.add(file, at: position), header.endOffset < durable, header.frameSize > 0 {
                position += UInt64(header.frameSize)
                if isEnough(fields) { return fields }
            }
        }
        return fields
    }
}

extension LogFields {
    /// Adds the signals and columns of the frame at `position`. Returns its header, or nil when there is no frame.
    fileprivate mutating func add(_ file: DiskFile, at position: UInt64) -> FrameHeader? {
        guard var head = try? file.read(usualHead, at: position),
            let header = head.withUnsafeBytes({ try? FrameHeader(parsing: $0) })
        else { return nil }
        if header.headSize > head.count { head = (try? file.read(header.headSize, at: position)) ?? head }
        head.withUnsafeBytes { bytes in
            signals.formUnion((try? FrameDecoder.signals(head: bytes, header)) ?? [])
            columns.formUnion((try? FrameDecoder.columns(head: bytes, header)) ?? [])
        }
        return header
    }
}
