internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// Which frames belong to a part, and passing over those that hold no signal anybody looks at.
extension LogScan {
    /// Whether the frame of these offsets is one of `part`'s.
    func owns(_ part: Range<UInt64>, _ first: Offset, _ end: Offset) -> Bool {
        guard first.value < part.upperBound, end.value > part.lowerBound else { return false }
        return first.value >= part.lowerBound || part.lowerBound == (parted ?? part).lowerBound
    }

    /// Those of some frames that have a wanted signal; the events of the others are counted as passed. A frame at the edge of
    /// the range is read in any case: how many of its events lie within is not known before.
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

    /// Whether a frame of a segment without footer has no wanted signal. Its head is looked at, not its columns; a head that is
    /// damaged is nothing to pass over.
    func isUnwanted(_ header: FrameHeader, _ file: DiskFile, _ position: UInt64, _ part: Range<UInt64>) -> Bool {
        guard let wanting, isWithin(header.firstOffset, header.endOffset, part),
            let head = try? buffer.bytes(file, at: position, count: header.headSize),
            let signals = try? FrameDecoder.signals(head: head, header)
        else { return false }
        return !signals.contains { wanting($0) }
    }
}
