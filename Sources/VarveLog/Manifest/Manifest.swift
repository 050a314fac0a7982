// The list of what the log consists of: `log/manifest.a` and `.b`, two copies of one structure (docs/format/manifest.md).
// Little-endian.
//
//     ┌────────────┬────────────┬────────────────┬──────────────┬──────────┬──────────┐
//     │ VARVEMAN   │ version u32│ size u32       │ generation   │ store id <16b>      │
//     ├────────────┼────────────┼────────────────┼──────────────┼──────────┴──────────┘
//     │ epoch u32  │ flags u32  │ retained R u64 │ chain at R   │ observed i64        │
//     │ segments u32, damaged u32, kept u32, pins u32, rules u32, projectors u32
//     │ SHA-256 of the bases at R <32b>
//     │ of the last retention: limit i64, wall clock i64, since start i64, start u64
//     ├────────────┴────────────┴────────────────┴──────────────┴─────────────────────┐
//     │ segments × 176 bytes, by first offset                                         │
//     ├───────────────────────────────────────────────────────────────────────────────┤
//     │ kept segments × 176 bytes, below R, by first offset                           │
//     ├───────────────────────────────────────────────────────────────────────────────┤
//     │ damaged ranges × 48 bytes: segment, bytes from, to, offsets from, to, flags   │
//     ├───────────────────────────────────────────────────────────────────────────────┤
//     │ pins: offsets from, to, name · rules: nanoseconds, signals · projectors: name
//     │ (texts: u32 length, zero u32, bytes, padded to 8)
//     ├────────────┬──────────────────────────────────────────────────────────────────┘
//     │ hash <8b>  │ XXH3-64 of everything before
//     └────────────┘
//
// A change is written to both copies, one after the other, each synced. A crash at any moment leaves at least one valid copy;
// the valid copy with the higher generation wins. The active segment is not listed.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// A damaged range as recorded in the manifest.
struct DamageRecord: Hashable, Sendable {
    var segment: Offset
    var bytes: Range<UInt64>
    var offsets: Range<UInt64>
    /// Bit 0: a repair has set a copy of the bytes aside.
    var flags: UInt64 = 0
}

struct Manifest: Hashable, Sendable {
    static let version: UInt32 = 4
    private static let magic = magicNumber("VARVEMAN")
    private static let fixedSize = 160
    private static let damageSize = 48

    var generation: UInt64 = 0
    var store: StoreID
    /// How often the log has been opened for writing.
    var epoch: UInt32 = 0
    /// R: retention has removed the events below it. Always a segment border.
    var retained = Offset(0)
    /// The chain-out of the segment that ended at R.
    var retainedChain: UInt64 = 0
    /// The append time of the last sealed segment: later append times are not below it.
    var observed: Int64 = .min
    /// Sealed segments, by first offset.
    var segments: [SegmentRecord] = []
    var damaged: [DamageRecord] = []
    /// SHA-256 of the file of bases at R; nil when there are none.
    var base: SHA256Digest?
    /// Whether the manifest was rebuilt from the segments after both copies were lost. Pins and rules, which only a manifest
    /// holds, are then lost.
    var isRebuilt = false
    /// Segments below R that hold the events which retention kept, by first offset.
    var kept: [SegmentRecord] = []
    var pins: [RetentionPin] = []
    var rules: [RetentionRule] = []
    /// State of the last retention. Nil before the first one, and in manifests before version 4, where a file holds it.
    var retention: RetentionMemory?
    /// Names of the registered projectors, sorted.
    var projectors: [String] = []

    init(store: StoreID) { self.store = store }

    /// One past the last sealed offset; the active segment begins here.
    var sealedEnd: Offset { segments.last?.end ?? retained }
    /// The hash of the last sealed frame.
    var chainOut: UInt64 { segments.last?.chainOut ?? retainedChain }

    func encoded() -> [UInt8] {
        var rest = BytesOut()
        for segment in segments + kept { segment.encode(into: &rest) }
        for range in damaged {
            for value in [
                range.segment.value, range.bytes.lowerBound, range.bytes.upperBound, range.offsets.lowerBound,
                range.offsets.upperBound, range.flags,
            ] { rest.put(value) }
        }
        for pin in pins {
            rest.put(pin.offsets.lowerBound)
            rest.put(pin.offsets.upperBound)
            rest.put(text: pin.name)
        }
        for rule in rules {
            rest.put(rule.limit)
            rest.put(text: rule.text)
        }
        for name in projectors { rest.put(text: name) }
        let size = Self.fixedSize + rest.bytes.count + 8
        var out = BytesOut(reserving: size)
        out.put(Self.magic)
        out.put(Self.version)
        out.put(UInt32(size))
        out.put(generation)
        out.put(store)
        out.put(epoch)
        out.put(flags)
        out.put(retained.value)
        out.put(retainedChain)
        out.put(observed)
        for list in [segments.count, damaged.count, kept.count, pins.count, rules.count, projectors.count] {
            out.put(UInt32(list))
        }
        out.put(base?.bytes ?? [UInt8](repeating: 0, count: 32))
        out.put(retention?.limit ?? 0)
        out.put(retention?.clock?.wall ?? 0)
        out.put(retention?.clock?.sinceStart ?? 0)
        out.put(retention?.clock?.start ?? 0)
        out.put(rest.bytes)
        out.seal()
        precondition(out.bytes.count == size, "a manifest of \(out.bytes.count) bytes that says \(size)")
        return out.bytes
    }

    private var flags: UInt32 {
        (isRebuilt ? 1 : 0) | (base == nil ? 0 : 2) | (retention == nil ? 0 : 4) | (retention?.clock == nil ? 0 : 8)
    }

    init(parsing bytes: [UInt8]) throws {
        self = try bytes.withUnsafeBytes { try Manifest(raw: $0) }
    }

    private init(raw: UnsafeRawBufferPointer) throws {
        var reader = BytesIn(raw, "manifest")
        guard try reader.take() == Self.magic else { throw FormatError(.notAFrame, "the file does not begin with VARVEMAN") }
        let version: UInt32 = try reader.take()
        let size = Int(try reader.take(UInt32.self))
        guard size >= 80 + 8, size <= raw.count else {
            throw FormatError(.truncated, "a manifest of \(raw.count) bytes")
        }
        try BytesIn.checkSeal(UnsafeRawBufferPointer(rebasing: raw[0..<size]), "the manifest")
        // Version 2 ends its fixed part after the number of damaged ranges, which have no flags; version 3 ends it after the
        // hash.
        guard (2...Self.version).contains(version) else {
            throw FormatError(.newerVersion, "manifest version \(version); this program reads 2 to \(Self.version)")
        }
        generation = try reader.take()
        store = try reader.takeStore()
        epoch = try reader.take()
        let flags: UInt32 = try reader.take()
        guard flags & ~(version > 3 ? 15 : 3) == 0, flags & 12 != 8 else {
            throw FormatError(.malformed, "reserved bits of the manifest are not zero")
        }
        isRebuilt = flags & 1 != 0
        retained = try reader.takeOffset()
        retainedChain = try reader.take()
        observed = try reader.take()
        var counts: [Int] = []
        for _ in 0..<(version == 2 ? 2 : 6) { counts.append(Int(try reader.take(UInt32.self))) }
        counts += [Int](repeating: 0, count: 6 - counts.count)
        if version > 2 {
            let base = try reader.takeDigest()
            self.base = flags & 2 != 0 ? base : nil
            guard version > 3 || counts[5] == 0, flags & 2 != 0 || base.bytes.allSatisfy({ $0 == 0 }) else {
                throw FormatError(.malformed, "reserved bytes of the manifest are not zero")
            }
        }
        if version > 3 { retention = try RetentionMemory(&reader, flags) }
        for _ in 0..<counts[0] { segments.append(try SegmentRecord(&reader)) }
        for _ in 0..<counts[2] { kept.append(try SegmentRecord(&reader)) }
        for _ in 0..<counts[1] {
            let segment = try reader.takeOffset()
            damaged.append(
                DamageRecord(
                    segment: segment, bytes: try reader.takeRange(), offsets: try reader.takeOffsets(),
                    flags: version == 2 ? 0 : try reader.take()))
        }
        for _ in 0..<counts[3] { pins.append(RetentionPin(offsets: try reader.takeOffsets(), name: try reader.takeText())) }
        for _ in 0..<counts[4] {
            let limit: Int64 = try reader.take()
            rules.append(try RetentionRule(text: try reader.takeText(), limit: limit))
        }
        for _ in 0..<counts[5] { projectors.append(try reader.takeText()) }
        guard reader.position == size - 8 else {
            throw FormatError(.malformed, "a manifest of \(size) bytes whose content ends at \(reader.position)")
        }
        try checkNumbers()
    }

    /// Checks that numbers which are incremented later cannot overflow, and that segments do not overlap.
    private func checkNumbers() throws {
        for (left, right) in zip(segments, segments.dropFirst()) where left.end > right.first {
            throw FormatError(.malformed, "segments \(left.first) and \(right.first) overlap")
        }
        guard generation < .max, epoch < .max, sealedEnd.value <= UInt64(Int64.max), retained <= segments.first?.first ?? retained
        else {
            throw FormatError(
                .malformed, "generation \(generation), epoch \(epoch), offsets \(retained) ..< \(sealedEnd) of the manifest")
        }
    }
}
