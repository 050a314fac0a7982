internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// Which frames belong to a part of a range, and skipping of frames without a wanted signal.
extension LogScan {
    /// Whether the frame of these offsets belongs to `part`.
    func owns(_ part: Range<UInt64>, _ first: Offset, _ end: Offset) -> Bool {
        guard first.value < part.upperBound, end.value > part.lowerBound else { return false }
        return first.value >= part.lowerBound || part.lowerBound == (parted ?? part).lowerBound
    }

    /// Those of `frames` that have a wanted signal. The events of the others are counted as passed. A frame at the edge of the
    /// range is always read, because only its rows tell how many of its events are within the range.
    mutating func wanted(_ footer: SegmentFooter, _ frames: [Int], _ part: Range<UInt64>) -> [Int] {
        guard let wanting else { return frames }
        let signals = footer.signals.indices.filter { wanting(footer.signals[$0]) }
        if signals.count == footer.signals.count { return frames }
        return frames.filter { index in
            let frame = footer.frames[index]
            guard isWithin(frame.first, frame.end, part), !signals.contains(where: { footer.frame(index, holds: $0) }) else {
                return true
            }
            count.passed += UInt64(frame.rows)
            return false
        }
    }

    private func isWithin(_ first: Offset, _ end: Offset, _ part: Range<UInt64>) -> Bool {
        first.value >= (parted ?? part).lowerBound && end.value <= (parted ?? part).upperBound
    }

    /// Whether a frame of a segment without footer has no wanted signal. Reads its head, not its columns. A frame with a
    /// damaged head is never skipped.
    func isUnwanted(_ header: FrameHeader, _ file: DiskFile, _ position: UInt64, _ part: Range<UInt64>) -> Bool {
        guard let wanting, isWithin(header.firstOffset, header.endOffset, part),
            let head = try? buffer.bytes(file, at: position, count: header.headSize),
            let signals = try? FrameDecoder.signals(head: head, header)
        else { return false }
        return !signals.contains { wanting($0) }
    }
}
