// What occurs in a log, from the heads of its frames: no column is read.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// A head of a frame that is larger is read a second time.
private let usualHead = 8_192

extension LogReader {
    /// The signals and columns of all events up to the watermark, kept ones below R included. Frames that are damaged are left
    /// out; whoever scans the log is told of them.
    ///
    /// - Parameter isEnough: asked after each frame; true ends the search early.
    public func fields(until isEnough: (LogFields) -> Bool = { _ in false }) throws(LogError) -> LogFields {
        let durable = try durable()
        var fields = LogFields()
        let buffer = FrameBuffer()
        for segment in try segments() + keptSegments() {
            // Retention may have removed it since; what is gone does not occur.
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
    /// Adds what the frame at `position` holds. Nil when there is none.
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
