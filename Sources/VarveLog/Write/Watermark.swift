// The watermark: `log/durable`, 32 bytes (docs/format/durable.md). Little-endian.
//
//      0          4         8                 16                 24                32
//     ┌──────────┬─────────┬─────────────────┬──────────────────┬─────────────────┐
//     │ VDU1     │ epoch   │ segment <8b>    │ durable <8b>     │ hash <8b>       │
//     └──────────┴─────────┴─────────────────┴──────────────────┴─────────────────┘
//
// Written in place after each fdatasync of the segment and before anything is acknowledged. The file itself is synced only when
// a segment ends and when the writer stops. So any value that survives a crash was true once: it may lag but never leads. The
// hash is seeded with the store id, so a file copied from another log is not valid here.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

struct Watermark: Hashable, Sendable {
    static let size = 32
    private static let magic: UInt32 = 0x3155_4456

    /// The epoch of the writer that published it.
    var epoch: UInt32
    /// The first offset of the segment that was active.
    var segment: Offset
    /// Every event below is on disk.
    var durable: Offset

    func encoded(_ store: StoreID) -> [UInt8] {
        var out = BytesOut(reserving: Self.size)
        out.put(Self.magic)
        out.put(epoch)
        out.put(segment.value)
        out.put(durable.value)
        out.seal(seed: Self.seed(store))
        return out.bytes
    }

    init(epoch: UInt32, segment: Offset, durable: Offset) {
        self.epoch = epoch
        self.segment = segment
        self.durable = durable
    }

    init(parsing raw: UnsafeRawBufferPointer, _ store: StoreID) throws {
        guard raw.count == Self.size else { throw FormatError(.truncated, "a watermark has 32 bytes, not \(raw.count)") }
        var reader = BytesIn(raw, "watermark")
        guard try reader.take() == Self.magic else { throw FormatError(.notAFrame, "not a watermark") }
        try BytesIn.checkSeal(raw, seed: Self.seed(store), "the watermark")
        epoch = try reader.take()
        segment = try reader.takeOffset()
        durable = try reader.takeOffset()
    }

    /// Whether the watermark of an unknown log may cover events. False only if the file certainly covers none.
    static func mayClaimEvents(_ raw: UnsafeRawBufferPointer) -> Bool {
        guard raw.contains(where: { $0 != 0 }) else { return false }
        var reader = BytesIn(raw, "watermark")
        guard (try? reader.take()) == magic, (try? reader.take(12)) != nil, let durable: UInt64 = try? reader.take() else {
            return true
        }
        return durable > 0
    }

    private static func seed(_ store: StoreID) -> UInt64 { store.high ^ store.low }

    /// Reads the watermark from `file`. A read may overlap a write, so an invalid result is read again a few times; nil when it
    /// stays invalid.
    static func read(_ file: DiskFile, _ store: StoreID, attempts: Int = LogLimits.durableReadAttempts) throws -> Watermark? {
        for _ in 0..<attempts {
            let found = try withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { buffer in
                let count = try file.read(into: buffer, at: 0)
                return try? Watermark(parsing: UnsafeRawBufferPointer(rebasing: buffer[0..<count]), store)
            }
            if let found { return found }
        }
        return nil
    }
}
