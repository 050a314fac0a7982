// Whether a run may hold an id: a split-block Bloom filter in memory, as of the frames (`Membership.swift`), but one per run.
//
// The block is picked by the upper 32 bits of the hash's high half. Runs are sorted by that half, so a filter is built from its
// first block to its last, and a sorted batch is looked up in the same direction. And it can be folded: of twice as many blocks
// a value picks number 2n or 2n + 1 where of half as many it picks n, so two neighbours OR-ed together are a filter of half the
// size that still misses nothing. That is what happens when there are more ids than the memory that was granted.

internal import VarveHash

struct IDFilter: Sendable {
    /// At this many about one id in 200 is looked for in vain; folded once, at 6, one in 20; twice, at 3, one in 3.
    static let bitsPerKey = 12
    /// Below this a filter says yes too often to be worth its memory.
    static let leastBitsPerKey = 3

    private(set) var blocks: [SIMD8<UInt32>]

    /// For `keys` ids; no blocks at all when there are no bits.
    init(keys: Int, bitsPerKey: Int = Self.bitsPerKey) {
        var count = (keys * bitsPerKey + 255) / 256
        // So that it can be folded.
        if count > 64 { count = (count + 15) / 16 * 16 }
        blocks = [SIMD8<UInt32>](repeating: SIMD8(repeating: 0), count: bitsPerKey == 0 ? 0 : max(1, count))
    }

    init(blocks: [SIMD8<UInt32>]) { self.blocks = blocks }

    var byteCount: Int { blocks.count * MemberBlock.blockSize }

    mutating func insert(_ hash: Hash128) {
        guard !blocks.isEmpty else { return }
        blocks[index(hash)] |= Self.mask(hash)
    }

    mutating func insert(_ entries: [IDEntry]) {
        guard !blocks.isEmpty else { return }
        blocks.withUnsafeMutableBufferPointer { blocks in
            for entry in entries { blocks[Self.index(entry.hash, blocks.count)] |= Self.mask(entry.hash) }
        }
    }

    /// The numbers of those hashes that may be there, and of which `found` has no offset yet.
    func choose(_ hashes: [Hash128], notIn found: [UInt64]) -> [Int32] {
        guard !blocks.isEmpty else {
            return hashes.indices.filter { found[$0] == IDTable.none }.map { Int32(truncatingIfNeeded: $0) }
        }
        return [Int32](unsafeUninitializedCapacity: hashes.count) { chosen, count in
            blocks.withUnsafeBufferPointer { blocks in
                // Each is written, and stays when it is one of them: nothing depends on what the filter says.
                for place in hashes.indices {
                    let mask = Self.mask(hashes[place])
                    let mayHold = blocks[Self.index(hashes[place], blocks.count)] & mask == mask
                    chosen[count] = Int32(truncatingIfNeeded: place)
                    count += mayHold && found[place] == IDTable.none ? 1 : 0
                }
            }
        }
    }

    /// Without blocks everything may be there.
    func mayHold(_ hash: Hash128) -> Bool {
        guard !blocks.isEmpty else { return true }
        let mask = Self.mask(hash)
        return blocks[index(hash)] & mask == mask
    }

    /// Half the size; nothing is left when it would be too coarse for `keys` ids.
    mutating func fold(keys: Int) {
        guard blocks.count.isMultiple(of: 2), blocks.count * 128 >= keys * Self.leastBitsPerKey else {
            blocks = []
            return
        }
        blocks = (0..<(blocks.count / 2)).map { blocks[2 * $0] | blocks[2 * $0 + 1] }
    }

    private func index(_ hash: Hash128) -> Int { Self.index(hash, blocks.count) }

    @inline(__always)
    private static func index(_ hash: Hash128, _ blocks: Int) -> Int {
        Int(truncatingIfNeeded: ((hash.high >> 32) &* UInt64(truncatingIfNeeded: blocks)) >> 32)
    }

    @inline(__always)
    private static func mask(_ hash: Hash128) -> SIMD8<UInt32> { MemberBlock.bits(hash.low) }
}
