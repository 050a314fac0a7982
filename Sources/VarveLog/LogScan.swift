// A scan: which segments, which frames of them, and only then any bytes of a column. One buffer is reused for all frames.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

struct LogScan {
    private let reader: LogReader
    private let select: ColumnSelection
    private let buffer = FrameBuffer()
    /// Where in the active segment the last scan stopped: a follower comes back there.
    private var hint: (segment: Offset, offset: UInt64, position: UInt64)?

    init(_ reader: LogReader, _ select: ColumnSelection) {
        self.reader = reader
        self.select = select
    }

    /// Delivers `range`, which ends at or below the watermark.
    mutating func run(
        _ range: Range<UInt64>, _ onDamage: (DamagedRange) -> Void, _ body: (EventBatch) throws -> Void
    ) throws {
        var position = range.lowerBound
        var attempts = 0
        while position < range.upperBound {
            let layout = try LogLayout(reader.disk, reader.paths)
            if position < layout.manifest.retained.value {
                throw LogError(
                    .truncated,
                    "offsets \(position) ..< \(layout.manifest.retained) were removed by retention; go on at the latter")
            }
            do {
                let segments = try layout.segments(durable: Offset(range.upperBound))
                for segment in segments where segment.endOffset.value > position {
                    guard position < range.upperBound else { break }
                    if segment.firstOffset.value > position {
                        reportGap(position..<min(segment.firstOffset.value, range.upperBound), layout, onDamage)
                        position = segment.firstOffset.value
                        if position >= range.upperBound { break }
                    }
                    let part = position..<min(segment.endOffset.value, range.upperBound)
                    try scan(segment, part, onDamage, body)
                    position = part.upperBound
                }
                if position < range.upperBound {
                    reportGap(position..<range.upperBound, layout, onDamage)
                    position = range.upperBound
                }
            } catch let error as DiskError where error.code == .notFound && attempts < 16 {
                // The file was replaced or removed after we looked; look again.
                attempts += 1
            }
        }
    }

    private func reportGap(_ offsets: Range<UInt64>, _ layout: LogLayout, _ onDamage: (DamagedRange) -> Void) {
        let known = layout.damage(in: Offset(offsets.lowerBound)..<Offset(offsets.upperBound))
        if known.isEmpty {
            onDamage(DamagedRange(file: reader.paths.log, bytes: 0..<0, offsets: offsets, reason: "no segment holds them"))
        } else {
            known.forEach(onDamage)
        }
    }

    private mutating func scan(
        _ segment: SegmentInfo, _ part: Range<UInt64>, _ onDamage: (DamagedRange) -> Void, _ body: (EventBatch) throws -> Void
    ) throws {
        let file = try reader.disk.openFile(segment.path)
        if segment.isSealed {
            for range in segment.damaged where range.offsets.overlaps(part) { onDamage(range) }
            if let footer = try? buffer.footer(file), footer.first == segment.firstOffset, footer.end == segment.endOffset {
                for frame in footer.frames where frame.end.value > part.lowerBound && frame.first.value < part.upperBound {
                    try deliver(frame, file, segment, part, onDamage, body)
                }
                return
            }
            onDamage(
                DamagedRange(
                    file: segment.path, bytes: segment.bytes..<segment.bytes,
                    offsets: part.lowerBound..<part.lowerBound, reason: "the footer is damaged; frames are looked for"))
            try walk(file, segment, part, onDamage, body)
        } else if try !stream(file, segment, part, body) {
            try walk(file, segment, part, onDamage, body)
        }
    }

    /// A frame that a footer names.
    private func deliver(
        _ entry: FrameEntry, _ file: DiskFile, _ segment: SegmentInfo, _ part: Range<UInt64>,
        _ onDamage: (DamagedRange) -> Void, _ body: (EventBatch) throws -> Void
    ) throws {
        let batch: EventBatch
        do {
            let bytes = try buffer.bytes(file, at: entry.position, count: Int(entry.size))
            let header = try FrameHeader(parsing: bytes)
            guard header.firstOffset == entry.first, header.endOffset == entry.end, header.frameSize == bytes.count,
                header.context.store == reader.store, header.context.segment == segment.firstOffset
            else { throw FormatError(.malformed, "another frame stands there") }
            batch = try FrameDecoder.decode(bytes, header, select: select)
        } catch let error as FormatError {
            onDamage(
                DamagedRange(
                    file: segment.path, bytes: entry.position..<(entry.position + UInt64(entry.size)),
                    offsets: entry.first.value..<entry.end.value, reason: error.message))
            return
        }
        if let batch = batch.clipped(to: part) { try body(batch) }
    }

    /// Frame by frame through a segment without footer. False when something is not as it should be: nothing at or behind that
    /// place was delivered, and `hint` says where it is.
    private mutating func stream(
        _ file: DiskFile, _ segment: SegmentInfo, _ part: Range<UInt64>, _ body: (EventBatch) throws -> Void
    ) throws -> Bool {
        var position = UInt64(SegmentHeader.size)
        var offset = segment.firstOffset.value
        if let hint, hint.segment == segment.firstOffset, hint.offset <= part.lowerBound {
            (offset, position) = (hint.offset, hint.position)
        }
        defer { hint = (segment.firstOffset, offset, position) }
        while offset < part.upperBound {
            guard let head = try? buffer.bytes(file, at: position, count: FrameHeader.fixedSize),
                let header = try? FrameHeader(parsing: head), header.firstOffset.value == offset,
                header.context.store == reader.store, header.context.segment == segment.firstOffset
            else { return false }
            if header.endOffset.value > part.lowerBound {
                guard let bytes = try? buffer.bytes(file, at: position, count: header.frameSize),
                    let batch = try? FrameDecoder.decode(bytes, header, select: select)
                else { return false }
                if let batch = batch.clipped(to: part) { try body(batch) }
            }
            // A frame that reaches past the end (a scan of a part) is read again next time.
            if header.endOffset.value > part.upperBound { break }
            offset = header.endOffset.value
            position += UInt64(header.frameSize)
        }
        return true
    }

    /// The slow way, for segments with damage: all of the file, looking behind every fault.
    private func walk(
        _ file: DiskFile, _ segment: SegmentInfo, _ part: Range<UInt64>, _ onDamage: (DamagedRange) -> Void,
        _ body: (EventBatch) throws -> Void
    ) throws {
        let bytes = try file.readAll(limit: LogLimits.segmentBytes)
        let walk = bytes.withUnsafeBytes {
            SegmentWalk($0, store: reader.store, first: segment.firstOffset, limit: segment.isSealed ? segment.endOffset : nil)
        }
        if walk.isNewer { throw LogError(.newerFormat, "\(segment.path) was written by a newer version of this program") }
        // What a stream has delivered before it met the damage is not delivered again.
        let from = segment.isSealed ? part.lowerBound : max(part.lowerBound, hint?.offset ?? 0)
        for fault in walk.faults where fault.offsets.upperBound > from && fault.offsets.lowerBound < part.upperBound {
            onDamage(damage(segment, fault.bytes, fault.offsets.clamped(to: part), fault.reason))
        }
        for frame in walk.frames where frame.header.endOffset.value > from && frame.header.firstOffset.value < part.upperBound {
            let batch = try bytes.withUnsafeBytes { raw in
                try FrameDecoder.decode(UnsafeRawBufferPointer(rebasing: raw[frame.range]), frame.header, select: select)
            }
            if let batch = batch.clipped(to: from..<part.upperBound) { try body(batch) }
        }
        let end = max(walk.end.value, from)
        if end < part.upperBound {
            let reason = walk.tailReason.isEmpty ? "the file ends before the watermark" : walk.tailReason
            onDamage(damage(segment, walk.tail, end..<part.upperBound, reason))
        }
    }

    private func damage(
        _ segment: SegmentInfo, _ bytes: Range<Int>, _ offsets: Range<UInt64>, _ reason: String
    ) -> DamagedRange {
        DamagedRange(
            file: segment.path, bytes: UInt64(bytes.lowerBound)..<UInt64(bytes.upperBound), offsets: offsets, reason: reason)
    }
}

/// Bytes of a file, read ahead, in memory that is reused.
final class FrameBuffer {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: LogLimits.readAheadBytes, alignment: 64)
    /// What `memory` holds: bytes of the file from `start` on.
    private var start: UInt64 = 0
    private var count = 0
    private var kept: DiskFile?

    deinit { memory.deallocate() }

    /// Exactly `wanted` bytes; valid until the next call.
    func bytes(_ source: DiskFile, at position: UInt64, count wanted: Int) throws -> UnsafeRawBufferPointer {
        if kept !== source {
            kept = source
            count = 0
        }
        let held = position >= start && position - start <= UInt64(count) && count - Int(position - start) >= wanted
        if !held {
            if wanted > memory.count {
                memory.deallocate()
                memory = .allocate(byteCount: wanted + LogLimits.readAheadBytes, alignment: 64)
            }
            // A large frame is read as it is; small ones bring their neighbours.
            let length = max(wanted, LogLimits.readAheadBytes)
            count = 0
            count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[0..<length]), at: position)
            start = position
        }
        let from = Int(position - start)
        guard count - from >= wanted else {
            throw FormatError(.truncated, "\(source.path) ends at byte \(start + UInt64(count))")
        }
        return UnsafeRawBufferPointer(rebasing: memory[from..<(from + wanted)])
    }

    /// The footer of a sealed segment.
    func footer(_ file: DiskFile) throws -> SegmentFooter {
        let size = try file.size()
        guard size > UInt64(SegmentFooter.trailerSize) else { throw FormatError(.truncated, "\(file.path) has \(size) bytes") }
        let trailer = try bytes(file, at: size - UInt64(SegmentFooter.trailerSize), count: SegmentFooter.trailerSize)
        guard let length = SegmentFooter.size(trailer: trailer), UInt64(length) <= size else {
            throw FormatError(.notAFrame, "no footer ends \(file.path)")
        }
        return try SegmentFooter(parsing: bytes(file, at: size - UInt64(length), count: length))
    }
}

extension EventBatch {
    /// The rows with offsets in `range`; nil when there are none.
    func clipped(to range: Range<UInt64>) -> EventBatch? {
        guard rowCount > 0 else { return nil }
        if offset(ofRow: 0).value >= range.lowerBound, offset(ofRow: rowCount - 1).value < range.upperBound { return self }
        let rows = row(atOrAfter: range.lowerBound)..<max(row(atOrAfter: range.lowerBound), row(atOrAfter: range.upperBound))
        return rows.isEmpty ? nil : slice(rows: rows)
    }

    private func row(atOrAfter offset: UInt64) -> Int {
        if let offsets {
            var low = 0
            var high = rowCount
            while low < high {
                let middle = (low + high) / 2
                if offsets[middle] < offset { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return offset <= firstOffset.value ? 0 : Int(min(UInt64(rowCount), offset - firstOffset.value))
    }
}
