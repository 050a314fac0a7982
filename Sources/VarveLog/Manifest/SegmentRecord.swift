// The record of a sealed segment in the manifest: 176 bytes (docs/format/manifest.md).

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// What the manifest records about a sealed segment.
struct SegmentRecord: Hashable, Sendable {
    static let size = 176
    var first: Offset
    var end: Offset
    var bytes: UInt64
    var rows: UInt64
    var minTime: Int64
    var maxTime: Int64
    var minObserved: Int64
    var maxObserved: Int64
    var chainIn: UInt64
    var chainOut: UInt64
    /// How many rows have an id. A segment with none needs no run of id hashes.
    var ids: UInt64
    /// Bit 0: parts of the segment are damaged.
    var flags: UInt64
    /// How often the file was rewritten; its content stays the same.
    var revision: UInt32
    var fileHash: SHA256Digest
    var contentHash: SHA256Digest

    var isDamaged: Bool { flags & 1 != 0 }
    /// Whether compaction found that rewriting would not make it smaller.
    var isTight: Bool { flags & Self.tight != 0 }
    static let tight: UInt64 = 2
}

extension SegmentRecord {
    func encode(into out: inout BytesOut) {
        for value in [first.value, end.value, bytes, rows] { out.put(value) }
        for value in [minTime, maxTime, minObserved, maxObserved] { out.put(value) }
        for value in [chainIn, chainOut, ids, flags] { out.put(value) }
        out.put(UInt64(revision))
        out.put(UInt64(0))
        out.put(fileHash.bytes)
        out.put(contentHash.bytes)
    }

    init(_ reader: inout BytesIn) throws {
        let range = try reader.takeOffsets()
        first = Offset(range.lowerBound)
        end = Offset(range.upperBound)
        bytes = try reader.take()
        rows = try reader.take()
        minTime = try reader.take()
        maxTime = try reader.take()
        minObserved = try reader.take()
        maxObserved = try reader.take()
        chainIn = try reader.take()
        chainOut = try reader.take()
        ids = try reader.take()
        flags = try reader.take()
        revision = try reader.take()
        guard try reader.take() == UInt32(0), try reader.take() == UInt64(0) else {
            throw FormatError(.malformed, "reserved bytes of segment \(first) are not zero")
        }
        fileHash = try reader.takeDigest()
        contentHash = try reader.takeDigest()
        // These numbers are summed over segments and incremented. A checksum proves only that they were written, not that they
        // are sane.
        guard rows <= end.value - first.value, ids <= rows, bytes <= Self.mostBytes, revision < .max else {
            throw FormatError(
                .malformed, "segment \(first) ..< \(end): \(rows) rows, \(ids) ids, \(bytes) bytes, revision \(revision)")
        }
    }

    /// A thousand times the largest segment, so that sums over any manifest stay far below 2⁶⁴.
    private static let mostBytes = UInt64(LogLimits.segmentBytes) << 10
}

extension BytesIn {
    mutating func takeRange() throws -> Range<UInt64> {
        let lower: UInt64 = try take()
        let upper: UInt64 = try take()
        guard lower <= upper else { throw FormatError(.malformed, "\(what): a range from \(lower) to \(upper)") }
        return lower..<upper
    }
}

extension RetentionMemory {
    /// Parses the fields after the hash of the bases; nil when there was no retention yet.
    init?(_ reader: inout BytesIn, _ flags: UInt32) throws {
        let limit: Int64 = try reader.take()
        let clock = ClockReading(wall: try reader.take(), sinceStart: try reader.take(), start: try reader.take())
        guard flags & 4 != 0 else { return nil }
        self.init(clock: flags & 8 == 0 ? nil : clock, limit: limit)
    }
}
