// A read-ahead buffer for frames, and clipping of batches to a range of offsets.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// Reads bytes of a file ahead into memory that is reused.
final class FrameBuffer {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: LogLimits.readAheadBytes, alignment: 64)
    /// `memory` holds the file's bytes from `start` on.
    private var start: UInt64 = 0
    private var count = 0
    private var kept: DiskFile?

    deinit { memory.deallocate() }

    /// Exactly `wanted` bytes, valid until the next call.
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
            // A large frame is read alone; for a small one its neighbours are read too.
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

    /// Reads the footer of a sealed segment.
    func footer(_ file: DiskFile) throws -> SegmentFooter {
        let size = try file.size()
        guard size > UInt64(SegmentFooter.trailerSize) else { throw FormatError(.truncated, "\(file.path) has \(size) bytes") }
        let trailer = try bytes(file, at: size - UInt64(SegmentFooter.trailerSize), count: SegmentFooter.trailerSize)
        guard let length = SegmentFooter.size(trailer: trailer), UInt64(length) <= size else {
            throw FormatError(.notAFrame, "\(file.path) does not end with a footer")
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
