// The first 64 bytes of a segment file (docs/format/segment.md). Little-endian.
//
//      0          8         12        16                    32
//     ┌──────────┬─────────┬─────────┬─────────────────────┬──────────────┐
//     │ VARVESEG │ version │ size 64 │ store id <16b>      │ first offset │
//     ├──────────┼─────────┼─────────┼─────────────────────┼──────────────┘
//     │ 40 chain-in <8b>   │ 48 epoch│ 52 zero │ 56 hash   │
//     └────────────────────┴─────────┴─────────┴───────────┘ 64

internal import VarveBatchFormat
internal import VarveEvents

struct SegmentHeader: Hashable, Sendable {
    static let size = 64
    static let version: UInt32 = 1
    private static let magic = magicNumber("VARVESEG")

    var store: StoreID
    /// The segment's first offset, which is its name.
    var first: Offset
    /// The hash of the last frame of the preceding segment; 0 for the first segment of a log.
    var chainIn: UInt64
    /// The writer's epoch when the segment was started.
    var epoch: UInt32

    func encoded() -> [UInt8] {
        var out = BytesOut(reserving: Self.size)
        out.put(Self.magic)
        out.put(Self.version)
        out.put(UInt32(Self.size))
        out.put(store)
        out.put(first.value)
        out.put(chainIn)
        out.put(epoch)
        out.put(UInt32(0))
        out.seal()
        return out.bytes
    }

    init(store: StoreID, first: Offset, chainIn: UInt64, epoch: UInt32) {
        self.store = store
        self.first = first
        self.chainIn = chainIn
        self.epoch = epoch
    }

    init(parsing raw: UnsafeRawBufferPointer) throws {
        guard raw.count >= Self.size else { throw FormatError(.truncated, "a segment header has 64 bytes, not \(raw.count)") }
        var reader = BytesIn(UnsafeRawBufferPointer(rebasing: raw[0..<Self.size]), "segment header")
        guard try reader.take() == Self.magic else { throw FormatError(.notAFrame, "the file does not begin with VARVESEG") }
        try BytesIn.checkSeal(reader.raw, "the segment header")
        let version: UInt32 = try reader.take()
        guard version == Self.version else {
            throw FormatError(.newerVersion, "segment format version \(version); this program reads \(Self.version)")
        }
        guard try reader.take() == UInt32(Self.size) else { throw FormatError(.malformed, "segment header size is not 64") }
        store = try reader.takeStore()
        first = try reader.takeOffset()
        chainIn = try reader.take()
        epoch = try reader.take()
        guard try reader.take() == UInt32(0) else { throw FormatError(.malformed, "reserved bytes 52 ..< 56 are not zero") }
    }
}
