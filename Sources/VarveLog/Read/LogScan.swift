// A scan chooses segments first, then frames, and only then reads columns. One buffer is reused for all frames.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

struct LogScan {
    let reader: LogReader
    private let select: ColumnSelection
    private let filter: LogFilter
    /// The whole range, when it is scanned in parts. A part then delivers the frames that begin in it, whole, so that no frame
    /// is decoded twice.
    let parted: Range<UInt64>?
    /// The signals of interest; nil for all.
    let wanting: (@Sendable (String) -> Bool)?
    /// What was read so far.
    var count = ScanCount()
    let buffer = FrameBuffer()
    /// Where the last scan stopped in the active segment; a follower continues there.
    private var hint: (segment: Offset, offset: UInt64, position: UInt64)?
    /// The snapshot that is read. Parts of one range share the snapshot of the first part.
    private var snapshot: LogSnapshot?
    private let keepsSnapshot: Bool

    init(
        _ reader: LogReader, _ select: ColumnSelection, _ filter: LogFilter = LogFilter(), partOf parted: Range<UInt64>? = nil,
        snapshot: LogSnapshot? = nil, wanting: (@Sendable (String) -> Bool)? = nil
    ) {
        self.reader = reader
        self.select = select
        self.filter = filter
        self.parted = parted
        self.wanting = wanting
        self.snapshot = snapshot
        keepsSnapshot = snapshot != nil || parted != nil
    }

    /// Delivers `range`, which ends at or below the watermark.
    mutating func run(
        _ range: Range<UInt64>, _ onDamage: (DamagedRange) -> Void, _ body: (EventBatch) throws -> Void
    ) throws {
        var position = range.lowerBound
        let snapshot = try openSnapshot(range, kept: false)
        if position < snapshot.retained.value {
            throw LogError(
                .truncated, "offsets \(position) ..< \(snapshot.retained) were removed by retention; continue at the latter")
        }
        for segment in snapshot.segments where segment.endOffset.value > position {
            guard position < range.upperBound else { return }
            if segment.firstOffset.value > position {
                reportGap(position..<min(segment.firstOffset.value, range.upperBound), snapshot.layout, onDamage)
                position = segment.firstOffset.value
                if position >= range.upperBound { return }
            }
            let part = position..<min(segment.endOffset.value, range.upperBound)
            try scan(segment, part, snapshot, onDamage, body)
            position = part.upperBound
        }
        if position < range.upperBound { reportGap(position..<range.upperBound, snapshot.layout, onDamage) }
    }

    /// The snapshot to read `range` from: the given one, or a new one.
    mutating func openSnapshot(_ range: Range<UInt64>, kept: Bool) throws -> LogSnapshot {
        if let snapshot { return snapshot }
        let whole = parted ?? range
        let found = try LogSnapshot(
            reader, durable: Offset(kept ? 0 : whole.upperBound),
            .init(offsets: kept ? 0..<0 : whole, filter: filter, holdsKept: kept))
        if keepsSnapshot { snapshot = found }
        return found
    }

    private func reportGap(_ offsets: Range<UInt64>, _ layout: LogLayout, _ onDamage: (DamagedRange) -> Void) {
        let known = layout.damage(in: Offset(offsets.lowerBound)..<Offset(offsets.upperBound))
        if known.isEmpty {
            onDamage(DamagedRange(file: reader.paths.log, bytes: 0..<0, offsets: offsets, reason: "no segment holds them"))
        } else {
            known.forEach(onDamage)
        }
    }

    mutating func scan(
        _ segment: SegmentInfo, _ part: Range<UInt64>, _ snapshot: LogSnapshot, _ onDamage: (DamagedRange) -> Void,
        _ body: (EventBatch) throws -> Void
    ) throws {
        if segment.isSealed {
            for range in segment.damaged where range.offsets.overlaps(part) { onDamage(range) }
            if let time = segment.time,
                !filter.mayMatch(times: time.lowerBound.nanoseconds...time.upperBound.nanoseconds)
            {
                return
            }
        }
        let file = try snapshot.file(segment)
        if segment.isSealed {
            if let footer = try? buffer.footer(file), footer.first == segment.firstOffset, footer.end == segment.endOffset {
                for frame in candidates(footer, file, part) { try deliver(frame, file, segment, part, onDamage, body) }
                return
            }
            onDamage(
                DamagedRange(
                    file: segment.path, bytes: segment.bytes..<segment.bytes,
                    offsets: part.lowerBound..<part.lowerBound, reason: "the footer is damaged; searching for frames"))
            try walk(file, segment, part, onDamage, body)
        } else if try !stream(file, segment, part, body) {
            try walk(file, segment, part, onDamage, body)
        }
    }

    /// The frames that may contain a matching event.
    private mutating func candidates(_ footer: SegmentFooter, _ file: DiskFile, _ part: Range<UInt64>) -> [FrameEntry] {
        let inRange = footer.frames.indices.filter { owns(part, footer.frames[$0].first, footer.frames[$0].end) }
        count.frames += inRange.count
        guard !filter.isEmpty else { return wanted(footer, inRange, part).map { footer.frames[$0] } }
        let signals = footer.signals.indices.filter { filter.matches(signal: footer.signals[$0]) }
        var left = inRange.filter { index in
            let frame = footer.frames[index]
            return filter.mayMatch(times: frame.minTime...max(frame.minTime, frame.maxTime))
                && (filter.signals.isEmpty || signals.contains { footer.frame(index, holds: $0) })
        }
        for (column, value) in filter.members where !left.isEmpty {
            let place = footer.members[column.rawValue]
            // Filters are derived data: a filter that cannot be read is ignored.
            guard let bytes = try? file.read(Int(place.size), at: place.position),
                let member = try? MemberFilter(bytes, place, frames: footer.frames.count)
            else { continue }
            let hash = XXH3.hash64(value)
            left.removeAll { !member.mayHold(hash, frame: $0) }
        }
        return wanted(footer, left, part).map { footer.frames[$0] }
    }

    /// The selected columns of the matching rows; nil when no row matches.
    private mutating func decode(_ bytes: UnsafeRawBufferPointer, _ header: FrameHeader) throws -> EventBatch? {
        count.framesOpened += 1
        // Drop the time limits that the whole frame satisfies.
        let filter = filter.narrowed(to: header.minTime...max(header.minTime, header.maxTime))
        guard !filter.isEmpty else { return try FrameDecoder.decode(bytes, header, select: select) }
        let rows = filter.matches(try FrameDecoder.decode(bytes, header, select: filter.selection))
        if rows?.onesCount == 0 { return nil }
        let batch = try FrameDecoder.decode(bytes, header, select: select)
        return rows.map { batch.filtered(keep: $0) } ?? batch
    }

    private mutating func emit(_ batch: EventBatch?, _ range: Range<UInt64>, _ body: (EventBatch) throws -> Void) rethrows {
        guard let batch = batch?.clipped(to: parted ?? range) else { return }
        count.events += UInt64(batch.rowCount)
        try body(batch)
    }

    /// Delivers a frame that the footer lists.
    private mutating func deliver(
        _ entry: FrameEntry, _ file: DiskFile, _ segment: SegmentInfo, _ part: Range<UInt64>,
        _ onDamage: (DamagedRange) -> Void, _ body: (EventBatch) throws -> Void
    ) throws {
        let batch: EventBatch?
        do {
            let bytes = try buffer.bytes(file, at: entry.position, count: Int(entry.size))
            let header = try FrameHeader(parsing: bytes)
            guard header.firstOffset == entry.first, header.endOffset == entry.end, header.frameSize == bytes.count,
                header.context.store == reader.store, header.context.segment == segment.firstOffset
            else { throw FormatError(.malformed, "a different frame is there") }
            batch = try decode(bytes, header)
        } catch let error as FormatError {
            onDamage(
                DamagedRange(
                    file: segment.path, bytes: entry.position..<(entry.position + UInt64(entry.size)),
                    offsets: entry.first.value..<entry.end.value, reason: error.message))
            return
        }
        try emit(batch, part, body)
    }

    /// Reads frame by frame through a segment without footer. Returns false at the first fault: nothing from there on was
    /// delivered, and `hint` holds the position.
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
                count.frames += 1
                if isUnwanted(header, file, position, part) {
                    count.passed += UInt64(header.rowCount)
                } else if filter.mayMatch(times: header.minTime.nanoseconds...max(header.minTime, header.maxTime).nanoseconds) {
                    let batch: EventBatch?
                    do {
                        batch = try decode(buffer.bytes(file, at: position, count: header.frameSize), header)
                    } catch {
                        return false
                    }
                    try emit(batch, part, body)
                }
            }
            // A frame that reaches past the end of the part is read again next time.
            if header.endOffset.value > part.upperBound { break }
            offset = header.endOffset.value
            position += UInt64(header.frameSize)
        }
        return true
    }

    /// The slow path for damaged segments: reads the whole file and searches for frames after every fault.
    private mutating func walk(
        _ file: DiskFile, _ segment: SegmentInfo, _ part: Range<UInt64>, _ onDamage: (DamagedRange) -> Void,
        _ body: (EventBatch) throws -> Void
    ) throws {
        let bytes = try file.readAll(limit: LogLimits.segmentBytes)
        let walk = bytes.withUnsafeBytes {
            SegmentWalk($0, store: reader.store, first: segment.firstOffset, limit: segment.isSealed ? segment.endOffset : nil)
        }
        if walk.isNewer { throw LogError(.newerFormat, "\(segment.path) was written by a newer version of this program") }
        // Do not deliver again what `stream` delivered before it met the damage.
        let from = segment.isSealed ? part.lowerBound : max(part.lowerBound, hint?.offset ?? 0)
        for fault in walk.faults where fault.offsets.upperBound > from && fault.offsets.lowerBound < part.upperBound {
            onDamage(damage(segment, fault.bytes, fault.offsets.clamped(to: part), fault.reason))
        }
        for frame in walk.frames where owns(from..<part.upperBound, frame.header.firstOffset, frame.header.endOffset) {
            count.frames += 1
            let batch = try bytes.withUnsafeBytes { raw in
                try decode(UnsafeRawBufferPointer(rebasing: raw[frame.range]), frame.header)
            }
            try emit(batch, from..<part.upperBound, body)
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
