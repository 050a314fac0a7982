// Runs of ids: immutable files of (hash, offset) entries sorted by hash, each covering a range of sealed segments.
//
//     ┌─────────┬─────────┬─────┬──────────────────┬───────────────┬──────────────┬─────────────┐
//     │ block 0 │ block 1 │  …  │ block n (short)  │ fences n × 8b │ filter m×32b │ footer 128b │
//     └─────────┴─────────┴─────┴──────────────────┴───────────────┴──────────────┴─────────────┘
//       4,096 bytes each: count u32 · number u32 · entries · hash <8b>
//                         entry: hash high, hash low <8b each> · offset − first u32
//
// A run is self-describing: its name and footer hold the offsets it covers, and the footer holds the chain-out of the last
// segment. A run is valid only if the manifest has a segment that ends at that offset with that chain-out; no other log and no
// other history of this log has one. So no separate list of runs is needed, which could be wrong (docs/format/ids.md).

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveHash

/// The footer of a run: what it covers, and how its parts are sized and hashed.
struct IDRunFooter: Hashable, Sendable {
    static let size = 128
    private static let magic = magicNumber("VARVEIDS")
    private static let version: UInt32 = 2
    /// Flag: not all ids of these segments could be read, so the run is rebuilt at the next start.
    static let incomplete: UInt32 = 1
    /// The largest offset span of a run: an entry stores its offset in 32 bits, relative to the first.
    static let spanMax = UInt64(UInt32.max)

    var store: StoreID
    var offsets: Range<UInt64>
    /// The chain-out of the last segment.
    var chain: UInt64
    var flags: UInt32 = 0
    var count = 0
    var fencesHash: UInt64 = 0
    var filterBlocks = 0
    var filterHash: UInt64 = 0

    var blockCount: Int { (count + IDBlock.entriesMax - 1) / IDBlock.entriesMax }
    var isComplete: Bool { flags & Self.incomplete == 0 }
    /// The seed of the block checksums, so that a block of another run does not pass for one of this run.
    var seed: UInt64 {
        var out = BytesOut(reserving: 40)
        out.put(store)
        for value in [offsets.lowerBound, offsets.upperBound, chain] { out.put(value) }
        return out.bytes.withUnsafeBytes { XXH3.hash64($0) }
    }
    /// Where the fences begin.
    var blocksEnd: UInt64 {
        guard blockCount > 0 else { return 0 }
        let last = count - (blockCount - 1) * IDBlock.entriesMax
        return UInt64((blockCount - 1) * IDBlock.size + IDBlock.overhead + last * IDBlock.entrySize)
    }
    var filterStart: UInt64 { blocksEnd + UInt64(blockCount * 8) }
    var fileSize: UInt64 { filterStart + UInt64(filterBlocks * MemberBlock.blockSize + Self.size) }

    func encoded() -> [UInt8] {
        var out = BytesOut(reserving: Self.size)
        out.put(Self.magic)
        out.put(Self.version)
        out.put(flags)
        out.put(store)
        for value in [offsets.lowerBound, offsets.upperBound, chain, UInt64(count), fencesHash] { out.put(value) }
        out.put(UInt64(filterBlocks))
        out.put(filterHash)
        while out.bytes.count < Self.size - 8 { out.put(UInt8(0)) }
        out.seal()
        return out.bytes
    }

    /// Parses the footer of a file of `size` bytes.
    init(parsing raw: UnsafeRawBufferPointer, fileSize size: UInt64) throws {
        try BytesIn.checkSeal(raw, "the run of ids")
        var reader = BytesIn(raw, "run of ids")
        guard try reader.take() == Self.magic else { throw FormatError(.notAFrame, "not a run of ids") }
        guard try reader.take() == Self.version else { throw FormatError(.newerVersion, "an unsupported version of id runs") }
        flags = try reader.take()
        store = try reader.takeStore()
        offsets = try reader.takeOffsets()
        chain = try reader.take()
        let entries: UInt64 = try reader.take()
        fencesHash = try reader.take()
        let blocks: UInt64 = try reader.take()
        filterHash = try reader.take()
        guard entries > 0, entries <= size / UInt64(IDBlock.entrySize), blocks <= size / UInt64(MemberBlock.blockSize),
            !offsets.isEmpty
        else {
            throw FormatError(.malformed, "\(entries) ids in a run of \(size) bytes")
        }
        count = Int(entries)
        filterBlocks = Int(blocks)
        guard fileSize == size else { throw FormatError(.truncated, "\(size) bytes of a run of \(fileSize)") }
    }

    init(store: StoreID, offsets: Range<UInt64>, chain: UInt64, flags: UInt32 = 0) {
        self.store = store
        self.offsets = offsets
        self.chain = chain
        self.flags = flags
    }
}

/// One block of a run, its checksum verified.
struct IDBlock {
    static let size = 4_096
    static let entrySize = 20
    static let overhead = 16
    static let entriesMax = (size - overhead) / entrySize

    private let raw: UnsafeRawBufferPointer
    let count: Int
    private let base: UInt64

    init(_ raw: UnsafeRawBufferPointer, number: Int, of run: IDRunFooter, _ seed: UInt64) throws(FormatError) {
        guard raw.count >= Self.overhead + Self.entrySize, raw.count <= Self.size else {
            throw FormatError(.truncated, "a block of \(raw.count) bytes")
        }
        let body = UnsafeRawBufferPointer(rebasing: raw[0..<(raw.count - 8)])
        let stored = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self))
        let count = Int(UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self)))
        guard XXH3.hash64(body, seed: seed) == stored, count * Self.entrySize + Self.overhead == raw.count,
            UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self)) == UInt32(truncatingIfNeeded: number)
        else { throw FormatError(.checksumMismatch, "block \(number) of the ids of offsets \(run.offsets) is damaged") }
        self.raw = raw
        self.count = count
        base = run.offsets.lowerBound
    }

    func hash(_ index: Int) -> Hash128 { Hash128(high: high(index), low: number(index, 8)) }
    func high(_ index: Int) -> UInt64 { number(index, 0) }

    func offset(_ index: Int) -> UInt64 {
        let place = 8 + index * Self.entrySize + 16
        return base &+ UInt64(UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
    }

    private func number(_ index: Int, _ part: Int) -> UInt64 {
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 + index * Self.entrySize + part, as: UInt64.self))
    }

    /// The index of the first entry whose hash is not less than `hash`.
    func lowerBound(_ hash: Hash128) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self.hash(middle) < hash { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Writes a block into `memory` and returns its size.
    static func encode(
        _ entries: [IDEntry], number: Int, base: UInt64, seed: UInt64, into memory: UnsafeMutableRawBufferPointer
    ) -> Int {
        let end = overhead - 8 + entries.count * entrySize
        precondition(memory.count >= end + 8, "\(entries.count) ids in \(memory.count) bytes")
        memory.storeBytes(of: UInt32(entries.count).littleEndian, as: UInt32.self)
        memory.storeBytes(of: UInt32(truncatingIfNeeded: number).littleEndian, toByteOffset: 4, as: UInt32.self)
        var place = 8
        for entry in entries {
            memory.storeBytes(of: entry.hash.high.littleEndian, toByteOffset: place, as: UInt64.self)
            memory.storeBytes(of: entry.hash.low.littleEndian, toByteOffset: place &+ 8, as: UInt64.self)
            let offset = UInt32(truncatingIfNeeded: entry.offset &- base).littleEndian
            memory.storeBytes(of: offset, toByteOffset: place &+ 16, as: UInt32.self)
            place &+= entrySize
        }
        let hash = XXH3.hash64(UnsafeRawBufferPointer(rebasing: memory[0..<end]), seed: seed)
        memory.storeBytes(of: hash.littleEndian, toByteOffset: end, as: UInt64.self)
        return end + 8
    }
}
