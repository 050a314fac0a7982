// What the log consists of: `log/manifest.a` and `.b`, two copies of one structure (docs/format/manifest.md). Little-endian.
//
//     ┌────────────┬────────────┬────────────────┬──────────────┬──────────┬──────────┐
//     │ VARVEMAN   │ version u32│ size u32       │ generation   │ store id <16b>      │
//     ├────────────┼────────────┼────────────────┼──────────────┼──────────┴──────────┘
//     │ epoch u32  │ zero u32   │ retained R u64 │ chain at R   │ observed i64        │
//     │ segments u32, damaged u32
//     ├────────────┴────────────┴────────────────┴──────────────┴─────────────────────┐
//     │ segments × 176 bytes, by first offset                                         │
//     ├───────────────────────────────────────────────────────────────────────────────┤
//     │ damaged ranges × 40 bytes: segment, bytes from, to, offsets from, to          │
//     ├────────────┬──────────────────────────────────────────────────────────────────┘
//     │ hash <8b>  │ XXH3-64 of everything before
//     └────────────┘
//
// A change is written to both copies, one after the other, each synced: whatever moment a crash picks, one is whole, and the
// valid one with the higher generation counts. The active segment is not in it.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// A sealed segment as the manifest knows it.
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
    /// How many rows have an id: a segment without any needs no run of id hashes.
    var ids: UInt64
    /// Bit 0: parts of it are damaged.
    var flags: UInt64
    /// How often it was rewritten; the content stays.
    var revision: UInt32
    var fileHash: SHA256Digest
    var contentHash: SHA256Digest

    var isDamaged: Bool { flags & 1 != 0 }
}

/// A damaged range as the manifest keeps it.
struct DamageRecord: Hashable, Sendable {
    var segment: Offset
    var bytes: Range<UInt64>
    var offsets: Range<UInt64>
}

struct Manifest: Hashable, Sendable {
    static let version: UInt32 = 2
    private static let magic = magicNumber("VARVEMAN")
    private static let fixedSize = 80

    var generation: UInt64 = 0
    var store: StoreID
    /// How often the log was opened for writing.
    var epoch: UInt32 = 0
    /// R: events below were removed by retention. Always a segment border.
    var retained = Offset(0)
    /// The chain-out of the segment that ended at R.
    var retainedChain: UInt64 = 0
    /// The largest append time in the sealed segments: the next one is not smaller.
    var observed: Int64 = .min
    /// Sealed segments, by first offset.
    var segments: [SegmentRecord] = []
    var damaged: [DamageRecord] = []

    init(store: StoreID) { self.store = store }

    /// One past the last sealed offset, where the active segment begins.
    var sealedEnd: Offset { segments.last?.end ?? retained }
    /// The hash of the last sealed frame.
    var chainOut: UInt64 { segments.last?.chainOut ?? retainedChain }

    func encoded() -> [UInt8] {
        let size = Self.fixedSize + segments.count * SegmentRecord.size + damaged.count * 40 + 8
        var out = BytesOut(reserving: size)
        out.put(Self.magic)
        out.put(Self.version)
        out.put(UInt32(size))
        out.put(generation)
        out.put(store)
        out.put(epoch)
        out.put(UInt32(0))
        out.put(retained.value)
        out.put(retainedChain)
        out.put(observed)
        out.put(UInt32(segments.count))
        out.put(UInt32(damaged.count))
        for segment in segments { segment.encode(into: &out) }
        for range in damaged {
            for value in [
                range.segment.value, range.bytes.lowerBound, range.bytes.upperBound, range.offsets.lowerBound,
                range.offsets.upperBound,
            ] { out.put(value) }
        }
        out.seal()
        precondition(out.bytes.count == size, "a manifest of \(out.bytes.count) bytes that says \(size)")
        return out.bytes
    }

    init(parsing bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBytes { try Manifest(raw: $0) }
    }

    private init(raw: UnsafeRawBufferPointer) throws {
        var reader = BytesIn(raw, "manifest")
        guard try reader.take() == Self.magic else { throw FormatError(.notAFrame, "the file does not begin with VARVEMAN") }
        let version: UInt32 = try reader.take()
        let size = Int(try reader.take(UInt32.self))
        guard size >= Self.fixedSize + 8, size <= raw.count else {
            throw FormatError(.truncated, "a manifest of \(raw.count) bytes")
        }
        try BytesIn.checkSeal(UnsafeRawBufferPointer(rebasing: raw[0..<size]), "the manifest")
        guard version == Self.version else {
            throw FormatError(.newerVersion, "manifest version \(version); this program reads \(Self.version)")
        }
        generation = try reader.take()
        store = try reader.takeStore()
        epoch = try reader.take()
        guard try reader.take() == UInt32(0) else { throw FormatError(.malformed, "reserved bytes are not zero") }
        retained = Offset(try reader.take())
        retainedChain = try reader.take()
        observed = try reader.take()
        let segmentCount = Int(try reader.take(UInt32.self))
        let damagedCount = Int(try reader.take(UInt32.self))
        guard size == Self.fixedSize + segmentCount * SegmentRecord.size + damagedCount * 40 + 8 else {
            throw FormatError(.malformed, "\(segmentCount) segments and \(damagedCount) damaged ranges in \(size) bytes")
        }
        for _ in 0..<segmentCount { segments.append(try SegmentRecord(&reader)) }
        for _ in 0..<damagedCount {
            let segment = Offset(try reader.take())
            damaged.append(DamageRecord(segment: segment, bytes: try reader.takeRange(), offsets: try reader.takeRange()))
        }
        for (left, right) in zip(segments, segments.dropFirst()) where left.end > right.first {
            throw FormatError(.malformed, "segments \(left.first) and \(right.first) overlap")
        }
    }
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
        let range: Range<UInt64> = try reader.takeRange()
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
    }
}

extension BytesIn {
    mutating func takeRange() throws -> Range<UInt64> {
        let lower: UInt64 = try take()
        let upper: UInt64 = try take()
        guard lower <= upper else { throw FormatError(.malformed, "\(what): a range from \(lower) to \(upper)") }
        return lower..<upper
    }
}
